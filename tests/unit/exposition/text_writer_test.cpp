#include "exposition/text_writer.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(TextWriter, WritesAFamilyAndItsSamples) {
  TextWriter out;
  out.family("jobs", MetricType::gauge, "Jobs, \"now\".");
  out.sample("jobs", {}, 1);
  out.sample("jobs", {{"hub", "a"}, {"status", "failed"}}, 0.5);
  EXPECT_EQ(out.take(),
            "# HELP jobs Jobs, \"now\".\n"
            "# TYPE jobs gauge\n"
            "jobs 1\n"
            "jobs{hub=\"a\",status=\"failed\"} 0.5\n");
  EXPECT_EQ(out.take(), "") << "it begins anew";
}

TEST(TextWriter, EscapesLabelValuesAndHelp) {
  TextWriter out;
  out.family("x", MetricType::counter, "a\\b\nc");
  out.sample("x", {{"job_id", "q\"\\\n\xC3\xA4"}}, 2);
  EXPECT_EQ(out.take(), "# HELP x a\\\\b\\nc\n# TYPE x counter\nx{job_id=\"q\\\"\\\\\\n\xC3\xA4\"} 2\n");
}

TEST(TextWriter, ValuesReadBackAsTheSameNumber) {
  EXPECT_EQ(format_value(0), "0");
  EXPECT_EQ(format_value(-3), "-3");
  EXPECT_EQ(format_value(1497554458), "1497554458");
  EXPECT_EQ(format_value(1597882111.503196), "1597882111.503196");
  EXPECT_EQ(format_value(0.1), "0.1");
  EXPECT_EQ(format_value(1e21), "1e+21");
  EXPECT_EQ(format_value(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(format_value(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(format_value(std::nan("")), "NaN");
}

}  // namespace
}  // namespace iothub

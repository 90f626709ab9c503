#include "exposition/text_writer.hpp"

#include <array>
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

TEST(TextWriter, WritesTheFamilyInItsFormatAndSamplesAlikeInBoth) {
  TextWriter out(Format::openmetrics);
  out.family("polls_total", MetricType::counter, "Polls.");
  out.sample("polls_total", {}, 1);
  EXPECT_EQ(out.take(), "# TYPE polls counter\n# HELP polls Polls.\npolls_total 1\n");
}

TEST(TextWriter, WritesHistogramsWithCumulativeCountsAndCanonicalBounds) {
  TextWriter out;
  const std::array<double, 3> bounds{0.5, 1, 21600};
  const std::array<std::uint64_t, 4> counts{1, 0, 2, 4};
  out.histogram("took_seconds", {{"hub", "a"}}, {.bounds = bounds, .counts = counts, .sum = 12.5});
  EXPECT_EQ(out.take(),
            "took_seconds_bucket{hub=\"a\",le=\"0.5\"} 1\n"
            "took_seconds_bucket{hub=\"a\",le=\"1.0\"} 1\n"
            "took_seconds_bucket{hub=\"a\",le=\"21600.0\"} 3\n"
            "took_seconds_bucket{hub=\"a\",le=\"+Inf\"} 7\n"
            "took_seconds_sum{hub=\"a\"} 12.5\n"
            "took_seconds_count{hub=\"a\"} 7\n");
}

TEST(TextWriter, BoundsAlwaysHaveAPoint) {
  EXPECT_EQ(format_bound(1), "1.0");
  EXPECT_EQ(format_bound(-30), "-30.0");
  EXPECT_EQ(format_bound(0.025), "0.025");
  EXPECT_EQ(format_bound(1e21), "1e+21");
  EXPECT_EQ(format_bound(std::numeric_limits<double>::infinity()), "+Inf");
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

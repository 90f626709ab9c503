#include "exposition/text_writer.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

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

TEST(TextWriter, WritesDecimalsAsTheShortestTextThatReadsBack) {
  std::mt19937_64 random(4711);
  std::uniform_int_distribution<std::uint64_t> exponents(std::bit_cast<std::uint64_t>(1e-5) >> 52U,
                                                         std::bit_cast<std::uint64_t>(1e17) >> 52U);
  constexpr double kWhole = 1ULL << 53U;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t bits = random();
    const auto any = std::bit_cast<double>(bits >> 12U | exponents(random) << 52U);
    const double divided = std::floor(std::fmod(static_cast<double>(bits), kWhole)) / std::pow(10, bits % 10);
    for (const double value : {any, divided, std::round(any * 1e6) / 1e6, std::nextafter(divided, 0)}) {
      const bool is_whole = value == std::floor(value) && value < 1e15;
      std::array<char, 32> text{};
      const auto end = is_whole
                           ? std::to_chars(text.begin(), text.end(), static_cast<std::int64_t>(value)).ptr
                           : std::to_chars(text.begin(), text.end(), value).ptr;
      ASSERT_EQ(format_value(value), std::string(text.begin(), end));
    }
  }
}

TEST(TextWriter, ChangesFromDecimalsToExponentsWhereTheyAreShorter) {
  EXPECT_EQ(format_value(0.001), "0.001");
  EXPECT_EQ(format_value(0.000999), "0.000999");
  EXPECT_EQ(format_value(0.0001), "1e-04");
  EXPECT_EQ(format_value(8589934591.999999), "8589934591.999999");
  EXPECT_EQ(format_value(8589934592.000001), "8589934592.000002");
  EXPECT_EQ(format_value(-1.5), "-1.5");
}

}  // namespace
}  // namespace iothub

#include "core/duration.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::milliseconds;

struct DurationCase {
  std::string text;
  std::int64_t milliseconds;
};

TEST(Duration, ReadsWhatPrometheusWrites) {
  for (const auto& [text, expected] :
       {DurationCase{"0", 0}, DurationCase{"0s", 0}, DurationCase{"500ms", 500}, DurationCase{"15s", 15'000},
        DurationCase{"1m", 60'000}, DurationCase{"1h30m", 5'400'000}, DurationCase{"7d", 604'800'000},
        DurationCase{"1w", 604'800'000}, DurationCase{"1y", 31'536'000'000},
        DurationCase{"1d12h", 129'600'000}, DurationCase{"1h0m1s1ms", 3'601'001}}) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->count(), expected) << text;
  }
}

TEST(Duration, RefusesEverythingElse) {
  for (const auto* text : {"", "15", "s", "15x", "-15s", "+15s", "1.5h", "15s ", " 15s", "30m1h", "1h1h",
                           "1s500", "1 h", "1H", "99999999999s", "300y", "1d24y"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, AMessageQuotesTheTextAndShowsTheForm) {
  EXPECT_EQ(parse_duration("soon").error().message,
            "\"soon\" is not a duration; write it like 15s, 1h30m or 7d");
}

TEST(Duration, WhatIsWrittenReadsBack) {
  for (const std::int64_t count :
       {0LL, 1LL, 999LL, 15'000LL, 60'000LL, 5'400'000LL, 90'061'001LL, 31'536'000'000LL}) {
    const auto text = format_duration(milliseconds{count});
    EXPECT_EQ(parse_duration(text).value_or(milliseconds{-1}).count(), count) << text;
  }
  EXPECT_EQ(format_duration(milliseconds{5'400'000}), "1h30m");
  EXPECT_EQ(format_duration(milliseconds{0}), "0s");
}

}  // namespace
}  // namespace iothub

#include "job/job_time.hpp"

#include <clocale>
#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::microseconds;

// Microseconds since 1970 of `text`, -1 where it is absent, -2 where it is no date.
std::int64_t parsed(std::string_view text) {
  const auto time = parse_job_time(text);
  if (!time) {
    return -2;
  }
  return *time ? (**time).time_since_epoch().count() : -1;
}

struct DateCase {
  std::string name;
  std::string text;
  std::int64_t micros;
};

class JobTimeReads : public testing::TestWithParam<DateCase> {};

TEST_P(JobTimeReads, AsTheSameMoment) {
  EXPECT_EQ(parsed(GetParam().text), GetParam().micros) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Dates, JobTimeReads,
    testing::Values(DateCase{"Rfc1123AsArmSendsIt", "Thu, 15 Jun 2017 19:20:58 GMT", 1'497'554'458'000'000},
                    DateCase{"Rfc1123WithOneDigitDay", "Thu, 1 Jun 2017 00:00:00 GMT", 1'496'275'200'000'000},
                    DateCase{"Rfc1123WithWrongWeekday", "Mon, 15 Jun 2017 19:20:58 GMT",
                             1'497'554'458'000'000},
                    DateCase{"LeapDay", "Sat, 29 Feb 2020 00:00:00 GMT", 1'582'934'400'000'000},
                    DateCase{"IsoAsTheHubSendsIt", "2020-08-20T00:08:31.5031967Z", 1'597'882'111'503'196},
                    DateCase{"IsoWithoutFraction", "2020-08-20T00:08:31Z", 1'597'882'111'000'000},
                    DateCase{"IsoWithOneDigit", "2020-08-20T00:08:31.5Z", 1'597'882'111'500'000},
                    DateCase{"IsoWithSixDigits", "2020-08-20T00:08:31.000001Z", 1'597'882'111'000'001},
                    DateCase{"IsoWithNineDigits", "2020-08-20T00:08:31.999999999Z", 1'597'882'111'999'999},
                    DateCase{"IsoWithoutZone", "2020-08-20T00:08:31", 1'597'882'111'000'000},
                    DateCase{"IsoWithOffset", "2020-08-20T02:08:31+02:00", 1'597'882'111'000'000},
                    DateCase{"IsoWithNegativeOffset", "2020-08-19T18:38:31.5-05:30", 1'597'882'111'500'000},
                    DateCase{"IsoInLowerCase", "2020-08-20t00:08:31z", 1'597'882'111'000'000},
                    DateCase{"FarInTheFuture", "9998-12-31T23:59:59Z", 253'370'764'799'000'000}),
    [](const auto& row) { return row.param.name; });

TEST(JobTime, EmptyAndDotNetsFirstAndLastDateAreAbsent) {
  for (const auto text : {"", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z",
                          "Mon, 01 Jan 0001 00:00:00 GMT", "9999-12-31T23:59:59.9999999Z"}) {
    EXPECT_EQ(parsed(text), -1) << text;
  }
}

TEST(JobTime, EverythingElseIsRefused) {
  for (const auto text :
       {"yesterday", "Thu, 15 Jun 2017 19:20:58", "Thu, 15 Jun 2017 19:20:58 CET",
        "Thu, 15 Jun 2017 25:20:58 GMT", "Thu, 31 Jun 2017 19:20:58 GMT", "Sat, 29 Feb 2021 00:00:00 GMT",
        "15 Jun 2017 19:20:58 GMT", "Thu, 15 Jun 2017 19:20:58 GMT ", "2020-08-20", "2020-08-20T00:08:31.Z",
        "2020-08-20T00:08:31.0123456789Z", "2020-08-20T00:08Z", "2020-13-20T00:08:31Z",
        "2020-00-20T00:08:31Z", "2020-08-20T24:00:00Z", "2020-08-20T00:08:31+2:00",
        "2020-08-20T00:08:31+25:00", "2020-08-20 00:08:31Z", "1597882111"}) {
    EXPECT_EQ(parsed(text), -2) << text;
  }
}

TEST(JobTime, DoesNotDependOnTheLocale) {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  for (const auto* name : {"de_DE.UTF-8", "tr_TR.UTF-8", "C.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) {
      EXPECT_EQ(parsed("Thu, 15 Jun 2017 19:20:58 GMT"), 1'497'554'458'000'000) << name;
    }
  }
  std::setlocale(LC_ALL, before.c_str());
}

TEST(JobTime, AMessageQuotesWhatWasFoundButNotAllOfIt) {
  const auto time = parse_job_time("soon" + std::string(1000, 'x'));
  ASSERT_FALSE(time);
  EXPECT_EQ(time.error().kind, ErrorKind::bad_response);
  EXPECT_EQ(time.error().message, "\"soon" + std::string(60, 'x') + "\" is not a date");
}

}  // namespace
}  // namespace iothub

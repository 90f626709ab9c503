#include "http/retry_after.hpp"

#include <string>

#include <gtest/gtest.h>

#include "http/http_date.hpp"

namespace iothub {
namespace {

using std::chrono::seconds;

std::optional<seconds> pause_of(const std::string& text, const std::string& date = "") {
  HttpResponse response{.status = 429, .headers = {{"retry-after", text}}, .body = {}};
  if (!date.empty()) {
    response.headers["date"] = date;
  }
  return retry_after(response);
}

TEST(RetryAfterTest, ReadsWholeSeconds) {
  EXPECT_EQ(pause_of("7"), seconds{7});
  EXPECT_EQ(pause_of("7, 9"), seconds{7}) << "a header that was repeated";
  EXPECT_EQ(pause_of("1.5"), seconds{2});
}

TEST(RetryAfterTest, HoldsSecondsBetweenOneAndAnHour) {
  EXPECT_EQ(pause_of("0"), seconds{1});
  EXPECT_EQ(pause_of("999999"), seconds{3600});
  EXPECT_EQ(pause_of("99999999999"), seconds{3600});
}

TEST(RetryAfterTest, ReadsADateRelativeToTheServersOwn) {
  EXPECT_EQ(pause_of("Mon, 23 Nov 2026 10:00:30 GMT", "Mon, 23 Nov 2026 10:00:00 GMT"), seconds{30});
}

TEST(RetryAfterTest, TakesADateThatHasPassedForOneSecond) {
  EXPECT_EQ(pause_of("Mon, 23 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT"), seconds{1});
}

TEST(RetryAfterTest, KnowsNoPauseFromAnythingElse) {
  for (const std::string text : {"", "-1", "soon", "7 s", "Mon, 23 Nov 2026 10:00:30 GMT"}) {
    EXPECT_EQ(pause_of(text), std::nullopt) << text;
  }
  EXPECT_EQ(retry_after(HttpResponse{}), std::nullopt);
}

TEST(HttpDateTest, ReadsTheOneFormThatMayBeSent) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), WallTime{seconds{784'111'777}});
}

TEST(HttpDateTest, ReadsNothingElse) {
  for (const std::string text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                                 "Sun, 06 Nov 1994 08:49:37 GMT+1", "Sun, 06 Nov 1994 08:49:37"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace iothub

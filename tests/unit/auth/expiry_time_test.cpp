#include "auth/expiry_time.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

constexpr WallTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + std::chrono::hours{12}};

class ExpiryTime : public testing::TestWithParam<std::string> {};
class NoExpiryTime : public testing::TestWithParam<std::string> {};

TEST_P(ExpiryTime, IsReadInEveryForm) {
  EXPECT_EQ(parse_expiry_time(GetParam()), kNoon);
}
TEST_P(NoExpiryTime, IsReadFromAnythingElse) {
  EXPECT_EQ(parse_expiry_time(GetParam()), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(All, ExpiryTime,
                         testing::Values("1795435200", "2026-11-23T12:00:00Z", "2026-11-23T12:00:00.1234567Z",
                                         "2026-11-23T14:30:00+02:30", "2026-11-23T12:00:00.5+00:00",
                                         "Mon, 23 Nov 2026 12:00:00 GMT", "11/23/2026 12:00:00 PM +00:00",
                                         "11/23/2026 12:00:00 +00:00", "11/23/2026 1:00:00 PM +01:00"));
INSTANTIATE_TEST_SUITE_P(All, NoExpiryTime,
                         testing::Values("", "soon", "-1", "1795435200.5", "99999999999999999999",
                                         "253370764800", "2026-11-23", "2026-11-23T12:00:00",
                                         "23/11/2026 12:00:00 +00:00", "Mon, 23 Nov 2026 12:00:00",
                                         "11/23/2026 12:00:00 PM"));

TEST(LocalExpiryTime, IsByTheClockOnTheWall) {
  std::tm wall{};
  wall.tm_year = 126;
  wall.tm_mon = 10;
  wall.tm_mday = 23;
  wall.tm_hour = 12;
  wall.tm_isdst = -1;
  const WallTime expected{std::chrono::seconds{std::mktime(&wall)}};
  EXPECT_EQ(parse_local_expiry_time("2026-11-23 12:00:00.000000"), expected);
  EXPECT_EQ(parse_local_expiry_time("2026-11-23 12:00:00"), expected);
  EXPECT_EQ(parse_local_expiry_time("2026-11-23"), std::nullopt);
  EXPECT_EQ(parse_local_expiry_time(""), std::nullopt);
}

}  // namespace
}  // namespace iothub

#include "core/ascii.hpp"

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(Ascii, ComparesRegardlessOfCaseAndOnlyOfAsciiLetters) {
  EXPECT_TRUE(equals_ignoring_case("IotHubs", "iothubs"));
  EXPECT_FALSE(equals_ignoring_case("iothub", "iothubs"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_EQ(ascii_lower("Retry-After \xC3\x84"), "retry-after \xC3\x84");
}

}  // namespace
}  // namespace iothub

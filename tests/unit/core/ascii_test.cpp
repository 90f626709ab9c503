#include "core/ascii.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(Ascii, ComparesRegardlessOfCaseAndOnlyOfAsciiLetters) {
  EXPECT_TRUE(equals_ignoring_case("IotHubs", "iothubs"));
  EXPECT_FALSE(equals_ignoring_case("iothub", "iothubs"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
  EXPECT_EQ(ascii_lower("Retry-After \xC3\x84"), "retry-after \xC3\x84");
}

TEST(Ascii, TellsLettersAndDigitsFromTheirNeighboursAndFromOtherAlphabets) {
  std::string letters;
  std::string digits;
  std::string hex;
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    letters += is_ascii_letter(c) ? std::string(1, c) : "";
    digits += is_ascii_digit(c) ? std::string(1, c) : "";
    hex += is_ascii_hex_digit(c) ? std::string(1, c) : "";
  }
  EXPECT_EQ(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(digits, "0123456789");
  EXPECT_EQ(hex, "0123456789ABCDEFabcdef");
}

}  // namespace
}  // namespace iothub

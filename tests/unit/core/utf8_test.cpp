#include "core/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(Utf8, KnowsWellFormedText) {
  for (const auto* text :
       {"", "hub", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(repaired_utf8(text), text);
  }
}

TEST(Utf8, KnowsEveryKindOfIllFormedText) {
  for (const auto* text : {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82", "\xED\xA0\x80",
                           "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xFE"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8(repaired_utf8(text))) << text;
  }
}

TEST(Utf8, RepairKeepsWhatIsGood) {
  EXPECT_EQ(repaired_utf8("a\xFF\xC3\xA4"), "a\xEF\xBF\xBD\xC3\xA4");
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(cut_utf8("abc", 5), "abc");
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 3), "a");
  EXPECT_EQ(cut_utf8("a\xE2\x82\xAC", 4), "a\xE2\x82\xAC");
  EXPECT_EQ(cut_utf8("\x80\x80\x80", 2), "");
}

}  // namespace
}  // namespace iothub

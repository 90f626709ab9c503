#include "fleet/ledger_store.hpp"

#include <array>
#include <span>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using testing::HasSubstr;

TEST(SqlDatabase, SaysThatThereIsNoSpaceLeft) {
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  const auto outcome = database->run("PRAGMA max_page_count = 1; CREATE TABLE a (x INTEGER)");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("the disk is full"));
}

TEST(Migration, GoesFromAnyFormatToTheNewestAndNoFurther) {
  constexpr std::array<std::string_view, 2> kSteps{"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
                                                   "UPDATE a SET x = x + 41"};
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  ASSERT_TRUE(migrate(*database, std::span(kSteps).first(1)));
  EXPECT_EQ(database->number("SELECT x FROM a"), 1);
  ASSERT_TRUE(migrate(*database, kSteps));
  ASSERT_TRUE(migrate(*database, kSteps));
  EXPECT_EQ(database->number("SELECT x FROM a"), 42);
  EXPECT_EQ(database->number("PRAGMA user_version"), 2);
  EXPECT_FALSE(migrate(*database, std::span(kSteps).first(1)));
}

TEST(Migration, ThatFailsLeavesNothingBehind) {
  constexpr std::array<std::string_view, 2> kSteps{"CREATE TABLE a (x INTEGER)", "UPDATE nothing SET x = 1"};
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  EXPECT_FALSE(migrate(*database, kSteps));
  EXPECT_EQ(database->number("SELECT count(*) FROM sqlite_schema"), 0);
  EXPECT_EQ(database->number("PRAGMA user_version"), 0);
}

}  // namespace
}  // namespace iothub

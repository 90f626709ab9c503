#include "config/nearest.hpp"

#include <array>

#include <gtest/gtest.h>

namespace iothub {
namespace {

constexpr std::array<std::string_view, 5> kKnown{"hubs", "polling", "resource_id", "jobs",
                                                 "client_secret_file"};

TEST(Nearest, FindsTheWordASlipAway) {
  EXPECT_EQ(nearest("hub", kKnown), "hubs");
  EXPECT_EQ(nearest("poling", kKnown), "polling");
  EXPECT_EQ(nearest("pollign", kKnown), "polling");
  EXPECT_EQ(nearest("client_secrt_fiel", kKnown), "client_secret_file");
}

TEST(Nearest, LooksThroughCaseAndSeparators) {
  EXPECT_EQ(nearest("resourceId", kKnown), "resource_id");
  EXPECT_EQ(nearest("RESOURCE-ID", kKnown), "resource_id");
}

TEST(Nearest, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("storage", kKnown), std::nullopt);
  EXPECT_EQ(nearest("x", kKnown), std::nullopt);
  EXPECT_EQ(nearest("", kKnown), std::nullopt);
  EXPECT_EQ(nearest(std::string(1000, 'h'), kKnown), std::nullopt);
}

}  // namespace
}  // namespace iothub

#include "azure/hub_json.hpp"

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(HubJson, TakesWhatIsShown) {
  const auto hub = parse_hub(
      R"({"id":"/subscriptions/s/x","name":"factory","location":"westeurope","tags":{"state":"no"},)"
      R"("sku":{"name":"S1","tier":"Standard","capacity":2},"properties":{"state":"Active","hostName":"h",)"
      R"("storageEndpoints":{"$default":{"connectionString":"secret"}}}})");
  ASSERT_TRUE(hub) << hub.error().message;
  EXPECT_EQ(*hub, (Hub{.location = "westeurope", .sku = "S1", .tier = "Standard", .state = "Active"}));
  EXPECT_TRUE(is_active(*hub));
}

TEST(HubJson, AHubThatIsBeingCreatedLacksMuchAndIsNotActive) {
  const auto hub =
      parse_hub(R"({"name":"fresh","properties":{"state":"Activating","provisioningState":"Accepted"}})");
  ASSERT_TRUE(hub) << hub.error().message;
  EXPECT_EQ(hub->location, "");
  EXPECT_FALSE(is_active(*hub));
}

TEST(HubJson, AHubThatDoesNotTellItsStateIsTakenForActive) {
  EXPECT_TRUE(is_active(parse_hub(R"({"name":"old"})").value()));
}

TEST(HubJson, AnythingElseIsRefused) {
  for (const auto* body : {"", "{}", "[]", "null", R"({"value":[]})", R"({"name":"a")", "<html>"}) {
    const auto hub = parse_hub(body);
    ASSERT_FALSE(hub) << body;
    EXPECT_EQ(hub.error().kind, ErrorKind::bad_response);
  }
}

}  // namespace
}  // namespace iothub

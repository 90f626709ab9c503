// One hub that is polled, with everything that its poller needs, for its tests.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "poll/hub_poller.hpp"
#include "support/fake_arm.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_credential.hpp"

namespace iothub {

inline constexpr auto* kActiveHub =
    R"({"name":"factory","location":"westeurope","properties":{"state":"Active"}})";
inline constexpr auto* kCompleted =
    R"({"value":[{"jobId":"a","type":"export","status":"completed","startTimeUtc":"Mon, 23 Nov 2026 11:00:00 GMT",)"
    R"("endTimeUtc":"Mon, 23 Nov 2026 11:01:00 GMT"}]})";

inline HttpResponse throttled(const std::string& retry_after) {
  return {.status = 429, .headers = {{"retry-after", retry_after}}, .body = {}};
}

inline HubOptions with_jobs(std::vector<std::string> ids) {
  HubOptions options;
  options.jobs = std::move(ids);
  return options;
}

class HubPollerTest : public testing::Test {
 protected:
  HubPollerTest() {
    arm.set("get_hub", 200, kActiveHub);
    arm.set("list_jobs", 200, kCompleted);
  }

  // Begins to watch a hub with these options.
  void watch(HubOptions options = {}) {
    options.id = {.subscription_id = "s", .resource_group = "g", .name = "factory"};
    poller =
        std::make_unique<HubPoller>(std::move(options), PollOptions{}, client, caller, fleet, ledger, clock);
  }

  PollReport poll() { return poller->poll({}); }

  [[nodiscard]] std::shared_ptr<const HubSnapshot> known() const { return fleet.view().hubs.at(0); }

  FakeClock clock;
  FakeArm arm;
  Fleet fleet;
  Ledger ledger;
  TokenCache token{"default", std::make_unique<ScriptedCredential>(), clock, nullptr};
  ReadAllowance reads{"s", "default", {}, clock, nullptr};
  ArmCaller caller{token, reads};
  ArmClient client{
      {.resource_manager_endpoint = "https://arm.example", .authority_host = {}, .scope = {}}, arm, nullptr};
  std::unique_ptr<HubPoller> poller;
};

}  // namespace iothub

#include "simulator/fault_injector.hpp"

#include <gmock/gmock.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kRed = "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/red";

WorldFixture world_with(const std::string& fault) {
  return WorldFixture("faults:\n  - " + fault + std::string(kWorld));
}

TEST(FaultInjector, StrikesTheNamedOperationOnly) {
  WorldFixture world = world_with("{operation: list_jobs, status: 500}");
  EXPECT_EQ(world.read(kRed + "/jobs").status, 500);
  EXPECT_EQ(world.read(kRed + "/jobs/done").status, 200);
  EXPECT_EQ(world.read(kRed).status, 200);
}

TEST(FaultInjector, StrikesAsManyTimesAsItIsTold) {
  WorldFixture world = world_with("{operation: get_hub, status: 503, after: 1, times: 2}");
  EXPECT_EQ(world.read(kRed).status, 200);
  EXPECT_EQ(world.read(kRed).status, 503);
  EXPECT_EQ(world.read(kRed).status, 503);
  EXPECT_EQ(world.read(kRed).status, 200);
}

TEST(FaultInjector, PicksHubsAndPathsByPattern) {
  WorldFixture world = world_with(R"({hub: "G*", status: 500})");
  EXPECT_EQ(world.read(kRed).status, 200);
  EXPECT_EQ(world.read("/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/green").status, 500);
  WorldFixture by_path = world_with(R"({path: "*/iothubs/r?d/jobs", status: 500})");
  EXPECT_EQ(by_path.read(kRed + "/jobs").status, 500);
  EXPECT_EQ(by_path.read(kRed).status, 200);
}

TEST(FaultInjector, RepeatsItsChanceWithTheSeed) {
  const std::string fault = "{operation: get_hub, status: 500, probability: 0.5}";
  const auto statuses = [&] {
    WorldFixture world = world_with(fault);
    std::string text;
    for (int i = 0; i < 32; ++i) {
      text += world.read(kRed).status == 500 ? 'x' : '.';
    }
    return text;
  };
  const std::string once = statuses();
  EXPECT_EQ(once, statuses());
  EXPECT_THAT(once, HasSubstr("x"));
  EXPECT_THAT(once, HasSubstr("."));
}

TEST(FaultInjector, SaysWhatAzureSaysUnlessABodyIsGiven) {
  WorldFixture world = world_with("{operation: list_jobs, status: 429, headers: {Retry-After: 7}}");
  const Reply reply = world.read(kRed + "/jobs");
  EXPECT_EQ(header_of(reply, "Retry-After"), "7");
  EXPECT_THAT(reply.body, HasSubstr(R"("code":"SubscriptionRequestsThrottled")"));
  EXPECT_THAT(reply.body, HasSubstr("after '7' seconds"));
  EXPECT_EQ(world_with("{operation: list_jobs, status: 500, body: oops}").read(kRed + "/jobs").body, "oops");
  EXPECT_EQ(world_with("{operation: list_jobs, body: {value: [{jobId: 1}]}}").read(kRed + "/jobs").body,
            R"({"value":[{"jobId":1}]})");
}

TEST(FaultInjector, SpeaksAsEntraIdWhenTokensFail) {
  WorldFixture world = world_with("{operation: token, status: 503}");
  const Reply reply = world.ask_token(WorldFixture::form(kReader, "s"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr(R"("error":"temporarily_unavailable")"));
}

TEST(FaultInjector, SpoilsTheTrueAnswerOnItsWay) {
  const Reply cut = world_with("{operation: get_hub, action: truncate}").read(kRed);
  EXPECT_EQ(cut.delivery, Delivery::truncated);
  EXPECT_THAT(cut.body, HasSubstr(R"("name":"red")"));
  const Reply slow = world_with("{operation: get_hub, action: drip, interval: 20ms}").read(kRed);
  EXPECT_EQ(slow.delivery, Delivery::dripped);
  EXPECT_EQ(slow.drip_interval, Duration{20});
  EXPECT_EQ(world_with("{operation: get_hub, action: delay, delay: 3s}").read(kRed).delay, Duration{3000});
}

TEST(FaultInjector, ReplacesTheAnswer) {
  EXPECT_EQ(world_with("{operation: get_hub, action: hang}").read(kRed).delivery, Delivery::never);
  EXPECT_EQ(world_with("{operation: get_hub, action: close}").read(kRed).delivery, Delivery::closed);
  EXPECT_EQ(world_with("{operation: get_hub, action: empty}").read(kRed).body, "");
  EXPECT_EQ(world_with("{operation: get_hub, action: huge, size: 100000}").read(kRed).body.size(), 100000U);
  EXPECT_THAT(world_with("{operation: get_hub, action: html, status: 502}").read(kRed).body,
              StartsWith("<!DOCTYPE"));
  EXPECT_EQ(world_with("{operation: get_hub, action: garbage}").read(kRed).status, 200);
}

TEST(Pattern, MatchesLikeAShellWithoutRegardToCase) {
  EXPECT_TRUE(matches_pattern("", "anything"));
  EXPECT_TRUE(matches_pattern("a*c?", "ABBCD"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_FALSE(matches_pattern("a*c?", "abc"));
  EXPECT_FALSE(matches_pattern("abc", "abcd"));
}

TEST(FaultInjector, LetsAFaultLieAboutTheDate) {
  WorldFixture world =
      world_with("{operation: list_jobs, status: 500, headers: {Date: 'Mon, 23 Nov 2026 11:00:00 GMT'}}");
  const Reply reply = world.read("/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/red/jobs");
  EXPECT_EQ(header_of(reply, "Date"), "Mon, 23 Nov 2026 11:00:00 GMT");
  EXPECT_EQ(std::ranges::count(reply.headers, "Date", &std::pair<std::string, std::string>::first), 1);
}

}  // namespace
}  // namespace azure_simulator

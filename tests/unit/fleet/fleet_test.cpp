#include "fleet/fleet.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

std::shared_ptr<HubSnapshot> hub_named(std::string name) {
  auto hub = std::make_shared<HubSnapshot>();
  hub->id.name = std::move(name);
  return hub;
}

TEST(Fleet, ShowsTheNewestSnapshotOfEachHubByName) {
  Fleet fleet;
  fleet.publish(hub_named("b"));
  fleet.publish(hub_named("a"));
  auto newer = hub_named("b");
  newer->polls.polls = 7;
  const auto before = fleet.view();
  fleet.publish(newer);
  const auto after = fleet.view();
  ASSERT_EQ(after.hubs.size(), 2U);
  EXPECT_EQ(after.hubs[0]->id.name, "a");
  EXPECT_EQ(after.hubs[1]->polls.polls, 7U);
  EXPECT_EQ(before.hubs[1]->polls.polls, 0U) << "what was given out never changes";
  EXPECT_GT(after.version, before.version);
  EXPECT_EQ(after.version, fleet.version());
}

TEST(Fleet, JobsAreFreshUntilTheLastGoodPollIsTooOld) {
  const FakeClock clock;
  HubSnapshot hub;
  hub.jobs = std::make_shared<const HubJobs>();
  EXPECT_EQ(hub.fresh_jobs(clock.steady_now(), minutes{15}), nullptr) << "never polled";
  hub.polls.last_success_tick = clock.steady_now();
  EXPECT_EQ(hub.fresh_jobs(clock.steady_now() + minutes{15}, minutes{15}), hub.jobs.get());
  EXPECT_EQ(hub.fresh_jobs(clock.steady_now() + minutes{15} + std::chrono::nanoseconds{1}, minutes{15}),
            nullptr);
}

TEST(Fleet, CountsHubsByCondition) {
  const FakeClock clock;
  Fleet fleet;
  fleet.publish(hub_named("new"));
  auto good = hub_named("good");
  good->polls = {.polls = 1,
                 .errors = {},
                 .up = true,
                 .last_duration = {},
                 .last_success = {},
                 .last_success_tick = clock.steady_now()};
  fleet.publish(good);
  auto failing = std::make_shared<HubSnapshot>(*good);
  failing->id.name = "failing";
  failing->polls.up = false;
  fleet.publish(failing);
  auto gone = std::make_shared<HubSnapshot>(*failing);
  gone->id.name = "gone";
  gone->polls.last_success_tick = clock.steady_now() - minutes{16};
  fleet.publish(gone);
  const auto counts = count_hubs(fleet.view(), clock.steady_now(), minutes{15});
  EXPECT_EQ(counts.owned, 4U);
  EXPECT_EQ(counts.failing, 2U);
  EXPECT_EQ(counts.withdrawn, 1U);
  EXPECT_THAT(unpolled_hubs(fleet.view()), ElementsAre("new"));
}

TEST(Fleet, EveryFailureOfAPollHasAReason) {
  for (std::size_t i = 0; i < kPollErrorReasons.size(); ++i) {
    EXPECT_EQ(poll_error_index(kPollErrorReasons.at(i)), i);
  }
  EXPECT_EQ(to_label(kPollErrorReasons.at(poll_error_index(ErrorKind::bad_config))), "unauthorized");
  EXPECT_EQ(to_label(kPollErrorReasons.at(poll_error_index(ErrorKind::internal))), "network");
}

}  // namespace
}  // namespace iothub

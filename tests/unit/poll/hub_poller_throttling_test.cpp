// What a poll does when Azure says that it asks too much.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/poll/hub_poller_fixture.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::SizeIs;

TEST_F(HubPollerTest, AThrottledPollGoesOnWhenArmAllowsAndIsOnePoll) {
  watch();
  arm.set("list_jobs", throttled("7"));
  const auto version = fleet.version();
  const auto first = poll();
  EXPECT_FALSE(first.error);
  EXPECT_EQ(first.resume_at, clock.steady_now() + seconds{7});
  EXPECT_EQ(fleet.version(), version) << "nothing is published";

  clock.advance(seconds{8});
  arm.set("list_jobs", 200, kCompleted);
  const auto report = poll();
  EXPECT_FALSE(report.error);
  EXPECT_EQ(report.resume_at, std::nullopt);
  EXPECT_FALSE(report.changed) << "it never failed";
  EXPECT_EQ(report.took, seconds{8});
  EXPECT_EQ(known()->polls.polls, 1U);
  EXPECT_EQ(known()->polls.errors.at(poll_error_index(ErrorKind::throttled)), 0U);
  EXPECT_EQ(known()->polls.last_success, FakeClock::kNoon) << "when it began";
  EXPECT_THAT(known()->jobs->jobs, SizeIs(1));
  EXPECT_EQ(arm.calls("get_hub"), 1) << "what it has learned is not asked for again";
}

TEST_F(HubPollerTest, AThrottledPollFailsWhenItMayNotGoOnWithinItsTime) {
  watch();
  arm.set("list_jobs", throttled("25"));
  EXPECT_TRUE(poll().resume_at);
  clock.advance(seconds{26});
  EXPECT_TRUE(poll().resume_at);
  clock.advance(seconds{26});
  const auto report = poll();
  ASSERT_TRUE(report.error) << "77 s are more than a minute";
  EXPECT_EQ(report.error->kind, ErrorKind::throttled);
  EXPECT_EQ(report.error->retry_after, seconds{25});
  EXPECT_EQ(report.took, seconds{52});
  EXPECT_EQ(known()->polls.polls, 1U);
  EXPECT_EQ(known()->polls.up, false);
  EXPECT_EQ(known()->polls.errors.at(poll_error_index(ErrorKind::throttled)), 1U);
  clock.advance(seconds{26});
  EXPECT_TRUE(poll().resume_at) << "the next poll has its own minute";
}

TEST_F(HubPollerTest, TheSchedulerMaySayWhenAThrottledPollGivesUp) {
  watch();
  arm.set("list_jobs", throttled("7"));
  const SteadyTime now = clock.steady_now();
  EXPECT_TRUE(poller->poll({}, now + seconds{8}).resume_at);
  clock.advance(seconds{8});
  const auto report = poller->poll({}, now + seconds{8});
  ASSERT_TRUE(report.error) << "its turn came too late";
  EXPECT_EQ(report.error->message, "list jobs: HTTP 429");
  EXPECT_EQ(arm.calls("list_jobs"), 1);
  EXPECT_EQ(poller->poll({}, clock.steady_now() + seconds{7}).error->kind, ErrorKind::throttled);
}

TEST_F(HubPollerTest, APollThatBeginsDuringALongPauseFailsWithoutARequest) {
  watch();
  reads.pause(minutes{30});
  EXPECT_EQ(poll().error->message, "get hub: subscription s is throttled for another 30m");
  EXPECT_EQ(known()->polls.up, false);
  EXPECT_EQ(arm.calls("get_hub"), 0);
}

TEST_F(HubPollerTest, WaitsAsWellWhenEntraIdThrottles) {
  auto credential = std::make_unique<ScriptedCredential>();
  credential->will_fail({.kind = ErrorKind::throttled, .message = "HTTP 429", .retry_after = seconds{20}});
  TokenCache other("other", std::move(credential), clock, nullptr);
  HubPoller throttled_poller({}, PollOptions{}, client, {other, reads}, fleet, ledger, clock);
  EXPECT_EQ(throttled_poller.poll({}).resume_at, clock.steady_now() + seconds{20});
  clock.advance(seconds{20});
  EXPECT_FALSE(throttled_poller.poll({}).error);
}

TEST_F(HubPollerTest, AThrottledPollAsksForEachNamedJobOnce) {
  arm.set("get_job", 200, R"({"status":"running"})");
  watch(with_jobs({"one", "two", "three"}));
  const SteadyTime now = clock.steady_now();
  arm.on_call([&](int calls) {
    if (calls == 3) {  // the hub itself and two jobs
      reads.pause(seconds{7});
    }
  });
  EXPECT_EQ(poll().resume_at, now + seconds{7});
  EXPECT_EQ(arm.calls("get_job"), 2);
  clock.advance(seconds{8});
  EXPECT_FALSE(poll().error);
  EXPECT_EQ(arm.calls("get_job"), 3);
  EXPECT_THAT(known()->jobs->jobs, SizeIs(3));
  clock.advance(minutes{1});
  EXPECT_FALSE(poll().error);
  EXPECT_EQ(arm.calls("get_job"), 6) << "the next poll asks for all again";
}

TEST_F(HubPollerTest, WhatWasToldOfTheHubIsToldWhenAThrottledPollEnds) {
  watch();
  arm.set("get_hub", 403, "");
  arm.set("list_jobs", throttled("7"));
  EXPECT_TRUE(poll().resume_at);
  clock.advance(seconds{8});
  arm.set("list_jobs", 200, kCompleted);
  const auto report = poll();
  ASSERT_TRUE(report.lookup_error);
  EXPECT_EQ(report.lookup_error->kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace iothub

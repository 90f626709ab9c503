#include "poll/hub_poller.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/poll/hub_poller_fixture.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

HubOptions with_interval(std::chrono::milliseconds interval) {
  HubOptions options;
  options.interval = interval;
  return options;
}

TEST_F(HubPollerTest, AHubIsKnownBeforeItsFirstPoll) {
  watch();
  EXPECT_EQ(known()->id.name, "factory");
  EXPECT_EQ(known()->polls.polls, 0U);
  EXPECT_EQ(known()->polls.up, std::nullopt);
  EXPECT_EQ(known()->jobs, nullptr);
}

TEST_F(HubPollerTest, PublishesTheWholeListAndWhatTheHubSaysOfItself) {
  watch();
  const auto report = poll();
  EXPECT_FALSE(report.error);
  EXPECT_FALSE(report.active);
  ASSERT_NE(known()->jobs, nullptr);
  ASSERT_THAT(known()->jobs->jobs, SizeIs(1));
  EXPECT_EQ(known()->jobs->jobs[0].id, "a");
  EXPECT_EQ(known()->jobs->read_at, FakeClock::kNoon);
  EXPECT_EQ(known()->hub->location, "westeurope");
  EXPECT_EQ(known()->polls.up, true);
  EXPECT_EQ(known()->polls.last_success, FakeClock::kNoon);
}

TEST_F(HubPollerTest, KeepsTheLastJobsAndCountsTheFailureWhenAPollFails) {
  watch();
  (void)poll();
  const auto before = known();
  arm.set("list_jobs", throttled("60"));
  clock.advance(minutes{1});
  const auto report = poll();
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->message, "list jobs: HTTP 429");
  EXPECT_EQ(report.resume_at, std::nullopt) << "a minute is all that this poll has";
  EXPECT_EQ(known()->jobs, before->jobs) << "the very same";
  EXPECT_EQ(known()->polls.up, false);
  EXPECT_EQ(known()->polls.last_success, FakeClock::kNoon);
  EXPECT_EQ(known()->polls.polls, 2U);
  EXPECT_EQ(known()->polls.errors.at(poll_error_index(ErrorKind::throttled)), 1U);
}

TEST_F(HubPollerTest, OnlyAChangeOfConditionIsNews) {
  watch();
  EXPECT_FALSE(poll().changed) << "a first success";
  arm.set("list_jobs", 500, "");
  EXPECT_TRUE(poll().changed);
  EXPECT_FALSE(poll().changed) << "the same again";
  arm.set("list_jobs", 403, "");
  EXPECT_TRUE(poll().changed) << "another reason";
  arm.set("list_jobs", 200, kCompleted);
  EXPECT_TRUE(poll().changed) << "good again";
  EXPECT_FALSE(poll().changed);
}

TEST_F(HubPollerTest, WhatHasBeenToldAlreadyIsNoNews) {
  watch();
  Error told{.kind = ErrorKind::unauthorized, .message = "no token"};
  told.is_told = true;
  arm.set("list_jobs", fail(told));
  EXPECT_FALSE(poll().changed);
  arm.set("list_jobs", 200, kCompleted);
  EXPECT_FALSE(poll().changed) << "nobody has heard of the failure from here";
  arm.set("list_jobs", 500, "");
  EXPECT_TRUE(poll().changed);
  arm.set("list_jobs", fail(told));
  EXPECT_FALSE(poll().changed);
  arm.set("list_jobs", 200, kCompleted);
  EXPECT_TRUE(poll().changed) << "but of the one before it they have";
}

TEST_F(HubPollerTest, AStopPublishesNothing) {
  watch();
  (void)poll();
  const auto version = fleet.version();
  arm.set("list_jobs", fail(ErrorKind::cancelled, "stopped"));
  EXPECT_EQ(poll().error->kind, ErrorKind::cancelled);
  EXPECT_EQ(fleet.version(), version);
}

TEST_F(HubPollerTest, ReadsTheHubItselfOnlyNowAndThen) {
  watch();
  for (int i = 0; i < 10; ++i) {
    (void)poll();
    clock.advance(minutes{1});
  }
  EXPECT_EQ(arm.calls("get_hub"), 1);
  (void)poll();
  EXPECT_EQ(arm.calls("get_hub"), 2);
  EXPECT_EQ(arm.calls("list_jobs"), 11);
}

TEST_F(HubPollerTest, AHubThatMayNotBeReadCostsLabelsNotJobs) {
  arm.set("get_hub", 403, "");
  watch();
  const auto report = poll();
  EXPECT_FALSE(report.error);
  ASSERT_TRUE(report.lookup_error);
  EXPECT_EQ(report.lookup_error->kind, ErrorKind::forbidden);
  EXPECT_EQ(known()->hub, std::nullopt);
  EXPECT_THAT(known()->jobs->jobs, SizeIs(1));
  EXPECT_EQ(known()->polls.up, true);
  clock.advance(minutes{10});
  EXPECT_FALSE(poll().lookup_error) << "told once";
  EXPECT_EQ(arm.calls("get_hub"), 2);
}

TEST_F(HubPollerTest, WhenNobodyAnswersOneRequestIsEnough) {
  arm.set("get_hub", fail(ErrorKind::timeout, "no answer within 30s"));
  watch();
  EXPECT_EQ(poll().error->message, "get hub: no answer within 30s");
  EXPECT_EQ(arm.calls("list_jobs"), 0);
}

TEST_F(HubPollerTest, AHubThatIsNotActiveIsNotAskedForItsJobs) {
  arm.set("get_hub", 200, R"({"name":"factory","properties":{"state":"Activating"}})");
  watch();
  EXPECT_FALSE(poll().error);
  EXPECT_EQ(arm.calls("list_jobs"), 0);
  EXPECT_EQ(known()->jobs, nullptr);
  EXPECT_EQ(known()->polls.up, true);
  arm.set("get_hub", 200, kActiveHub);
  clock.advance(minutes{1});
  EXPECT_FALSE(poll().error);
  EXPECT_THAT(known()->jobs->jobs, SizeIs(1)) << "noticed with the next poll";
}

TEST_F(HubPollerTest, AHubThatIsNotActiveAndCannotBeReadIsAFailedPoll) {
  arm.set("get_hub", 200, R"({"name":"factory","properties":{"state":"Deleting"}})");
  watch();
  (void)poll();
  for (const int status : {404, 500}) {
    arm.set("get_hub", status, "");
    clock.advance(minutes{1});
    EXPECT_TRUE(poll().error) << "nothing else was asked, so nothing is known";
    EXPECT_EQ(known()->polls.up, false);
  }
  arm.set("get_hub", 200, kActiveHub);
  EXPECT_FALSE(poll().error);
  EXPECT_THAT(known()->jobs->jobs, SizeIs(1));
}

TEST_F(HubPollerTest, AHubThatStopsBeingActiveIsNoticedAfterOneRefusal) {
  watch();
  (void)poll();
  arm.set("get_hub", 200, R"({"name":"factory","properties":{"state":"Deleting"}})");
  arm.set("list_jobs", 409, R"({"code":409002,"message":"errorcode: IH409002"})");
  clock.advance(minutes{1});
  EXPECT_EQ(poll().error->kind, ErrorKind::bad_response);
  clock.advance(minutes{1});
  EXPECT_FALSE(poll().error);
  EXPECT_EQ(known()->jobs, nullptr);
  EXPECT_EQ(known()->hub->state, "Deleting");
}

TEST_F(HubPollerTest, IsActiveWhileAJobIsEnqueuedOrRunning) {
  watch();
  for (const auto* status : {"enqueued", "running"}) {
    arm.set("list_jobs", 200, std::string(R"({"value":[{"jobId":"a","status":")") + status + R"("}]})");
    EXPECT_TRUE(poll().active) << status;
    arm.set("list_jobs", 500, "");
    EXPECT_TRUE(poll().active) << "as far as is known";
  }
}

TEST_F(HubPollerTest, AJobThatAListShowsTwiceIsOne) {
  arm.set("list_jobs", 200,
          R"({"value":[{"jobId":"a","status":"running"},{"jobId":"a"},{"jobId":"A"},{},{},{"jobId":"b"}]})");
  watch();
  (void)poll();
  EXPECT_THAT(known()->jobs->jobs, SizeIs(4)) << "jobs without an id are different ones";
}

TEST_F(HubPollerTest, NamedJobsAreFetchedOneByOneAndTheListIsLeftAlone) {
  arm.set("get_job", 200, R"({"jobId":"x","status":"running","type":"import"})");
  watch(with_jobs({"one", "two"}));
  EXPECT_TRUE(poll().active);
  EXPECT_EQ(arm.calls("list_jobs"), 0);
  EXPECT_EQ(arm.calls("get_job"), 2);
  ASSERT_THAT(known()->jobs->jobs, SizeIs(2));
  EXPECT_EQ(known()->jobs->jobs[1].id, "two");
}

TEST_F(HubPollerTest, ANamedJobThatHasEndedIsFetchedAgainOnlyNowAndThen) {
  arm.set("get_job", 200, R"({"status":"completed"})");
  watch(with_jobs({"one"}));
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(poll().error);
    clock.advance(minutes{1});
  }
  EXPECT_EQ(arm.calls("get_job"), 1);
  (void)poll();
  EXPECT_EQ(arm.calls("get_job"), 2);
}

TEST_F(HubPollerTest, RestsWhileAllNamedJobsHaveEndedForAPollWouldHaveNothingToSay) {
  arm.set("get_job", 200, R"({"status":"running"})");
  watch(with_jobs({"one"}));
  EXPECT_EQ(poll().rest_until, std::nullopt);
  arm.set("get_job", 200, R"({"status":"completed"})");
  EXPECT_EQ(poll().rest_until, clock.steady_now() + minutes{10});
  HubOptions slow = with_jobs({"one"});
  slow.interval = minutes{6};
  watch(slow);
  EXPECT_EQ(poll().rest_until, clock.steady_now() + minutes{6})
      << "never so long that the data would grow stale";
}

TEST_F(HubPollerTest, ANamedJobThatAzureDoesNotKnowIsNotFoundAndIsNoError) {
  arm.set("get_job", 404, R"({"code":404011,"message":"Job not found"})");
  watch(with_jobs({"one"}));
  EXPECT_FALSE(poll().error);
  ASSERT_THAT(known()->jobs->watched, SizeIs(1));
  EXPECT_FALSE(known()->jobs->watched[0].found);
  EXPECT_THAT(known()->jobs->jobs, IsEmpty());
}

TEST_F(HubPollerTest, OneNamedJobThatCannotBeReadFailsThePoll) {
  arm.set("get_job", 200, R"({"status":"running"})");
  watch(with_jobs({"one"}));
  (void)poll();
  const auto before = known()->jobs;
  arm.set("get_job", 500, "");
  EXPECT_EQ(poll().error->message, "get job one: HTTP 500");
  EXPECT_EQ(known()->jobs, before);
}

TEST_F(HubPollerTest, AnOddValueIsReportedOnceForEachJob) {
  arm.set("list_jobs", 200, R"({"value":[{"jobId":"a","type":"new"},{"jobId":"b","type":"new"}]})");
  watch();
  EXPECT_THAT(poll().oddities, SizeIs(2));
  EXPECT_THAT(poll().oddities, IsEmpty());
  arm.set("list_jobs", 200, R"({"value":[{"jobId":"a","type":"new"},{"jobId":"c","type":"new"}]})");
  EXPECT_THAT(poll().oddities, ElementsAre(Oddity{"c", "type", "is \"new\""}));
}

TEST_F(HubPollerTest, AnOddValueOfAJobThatVanishesAndReturnsIsNotReportedAgain) {
  const std::string odd = R"({"value":[{"jobId":"a","type":"new"}]})";
  arm.set("list_jobs", 200, odd);
  watch();
  EXPECT_THAT(poll().oddities, SizeIs(1));
  arm.set("list_jobs", 200, R"({"value":[]})");
  EXPECT_THAT(poll().oddities, IsEmpty());
  arm.set("list_jobs", 200, odd);
  EXPECT_THAT(poll().oddities, IsEmpty());
}

TEST_F(HubPollerTest, OddValuesThatAreStillThereAreNotReportedAgainHoweverMany) {
  std::string jobs = R"({"jobId":"0","type":"new"})";
  for (int id = 1; id <= 10'000; ++id) {
    jobs += R"(,{"jobId":")" + std::to_string(id) + R"(","type":"new"})";
  }
  arm.set("list_jobs", 200, R"({"value":[)" + jobs + "]}");
  watch();
  EXPECT_THAT(poll().oddities, SizeIs(10'001));
  EXPECT_THAT(poll().oddities, IsEmpty());
  EXPECT_THAT(poll().oddities, IsEmpty());
}

TEST_F(HubPollerTest, ATypeThatWasSeenStaysSeen) {
  arm.set("list_jobs", 200, R"({"value":[{"jobId":"a","type":"backup"}]})");
  watch();
  (void)poll();
  arm.set("list_jobs", 200, R"({"value":[]})");
  (void)poll();
  EXPECT_TRUE(known()->types_seen.at(static_cast<std::size_t>(JobType::backup)));
  EXPECT_FALSE(known()->types_seen.at(static_cast<std::size_t>(JobType::firmware_update)));
}

TEST_F(HubPollerTest, AJobIsCountedWithThePollThatSawItFinish) {
  arm.set("list_jobs", 200, R"({"value":[]})");
  watch();
  const auto counted = [this] { return known()->totals->of(JobType::export_devices).finished.at(0).jobs; };
  EXPECT_EQ(counted(), 0U);
  (void)poll();
  arm.set("list_jobs", 200, kCompleted);
  (void)poll();
  EXPECT_EQ(counted(), 1U);
  arm.set("list_jobs", throttled("60"));
  (void)poll();
  EXPECT_EQ(counted(), 1U);
}

TEST_F(HubPollerTest, WhatTheLedgerKnowsIsThereBeforeTheFirstPoll) {
  arm.set("list_jobs", 200, R"({"value":[]})");
  watch();
  (void)poll();
  arm.set("list_jobs", 200, R"({"value":[{"jobId":"a","type":"backup","status":"completed"}]})");
  (void)poll();
  watch();
  EXPECT_EQ(known()->polls.polls, 0U);
  EXPECT_EQ(known()->totals->of(JobType::backup).finished.at(0).jobs, 1U);
  EXPECT_TRUE(known()->types_seen.at(static_cast<std::size_t>(JobType::backup)));
}

TEST_F(HubPollerTest, NamedJobsAreCountedAsWell) {
  arm.set("get_job", 200, R"({"jobId":"a","type":"import","status":"running"})");
  watch(with_jobs({"a"}));
  (void)poll();
  arm.set("get_job", 200, R"({"jobId":"a","type":"import","status":"failed"})");
  (void)poll();
  (void)poll();
  EXPECT_EQ(known()->totals->of(JobType::import_devices).finished.at(1).jobs, 1U);
  EXPECT_EQ(known()->jobs->jobs.at(0).ended_at(), FakeClock::kNoon) << "it tells no date itself";
}

TEST_F(HubPollerTest, APollMayTakeAnIntervalButNeverLessThanARequest) {
  watch(with_interval(minutes{5}));
  EXPECT_EQ(poller->budget(), minutes{5});
  watch(with_interval(seconds{1}));
  EXPECT_EQ(poller->budget(), seconds{30});
}

}  // namespace
}  // namespace iothub

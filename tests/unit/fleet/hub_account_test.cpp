#include "fleet/hub_account.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/fleet/account_jobs.hpp"

namespace iothub {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr hours kDay{24};

// One hub whose polls are a minute apart.
class HubAccountTest : public testing::Test {
 protected:
  AccountChange poll(std::vector<Job> jobs) {
    now += minutes{1};
    seen = list_of(std::move(jobs), now);
    return enter_poll(account, seen, minutes{1});
  }

  // The same where the configuration names jobs: those that are not in `jobs` are not found.
  AccountChange poll_named(const std::vector<std::string>& ids, std::vector<Job> jobs) {
    now += minutes{1};
    seen = list_of(std::move(jobs), now);
    for (const std::string& id : ids) {
      const bool found = std::ranges::any_of(seen.jobs, [&](const Job& job) { return job.id == id; });
      seen.watched.push_back({.id = id, .found = found});
    }
    return enter_poll(account, seen, minutes{1});
  }

  [[nodiscard]] const TypeTotals& exports() const { return account.totals.of(JobType::export_devices); }
  [[nodiscard]] const FinishedTotals& completed() const { return exports().finished.at(0); }
  [[nodiscard]] const FinishedTotals& failed() const { return exports().finished.at(1); }

  Job completed_job(std::string id, microseconds duration = minutes{1}) const {
    return job_of(std::move(id), JobStatus::completed, noon, noon + duration);
  }

  const WallTime noon = FakeClock::kNoon;
  WallTime now = noon;
  HubAccount account;
  HubJobs seen;
};

TEST_F(HubAccountTest, WhatHadFinishedBeforeTheFirstPollIsNotCounted) {
  poll({completed_job("old")});
  poll({completed_job("old")});
  EXPECT_EQ(completed().jobs, 0U);
  EXPECT_EQ(exports().busy, seconds{0});
}

TEST_F(HubAccountTest, WhatIsActiveThenIsCountedWhenItFinishes) {
  poll({job_of("a", JobStatus::running, noon)});
  EXPECT_EQ(completed().jobs, 0U);
  poll({completed_job("a")});
  EXPECT_EQ(completed().jobs, 1U);
}

TEST_F(HubAccountTest, AJobThatFinishesBetweenTwoPollsIsCountedOnce) {
  poll({});
  poll({completed_job("a", seconds{7})});
  poll({completed_job("a", seconds{7})});
  EXPECT_EQ(completed().jobs, 1U);
  EXPECT_EQ(completed().duration, seconds{7});
  EXPECT_THAT(completed().by_duration, ElementsAre(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST_F(HubAccountTest, TheBoundOfABucketIsInTheBucket) {
  poll({});
  poll({completed_job("a", seconds{1}), completed_job("b", seconds{1} + microseconds{1}),
        completed_job("c", kDay), completed_job("d", kDay + microseconds{1})});
  EXPECT_THAT(completed().by_duration, ElementsAre(1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1));
}

TEST_F(HubAccountTest, AJobWithoutBothDatesIsCountedButHasNoDuration) {
  poll({});
  poll({job_of("a", JobStatus::failed, noon), job_of("b", JobStatus::failed, {}, noon),
        job_of("c", JobStatus::failed)});
  EXPECT_EQ(failed().jobs, 3U);
  EXPECT_THAT(failed().by_duration, testing::Each(0U));
  EXPECT_EQ(exports().failures.at(static_cast<std::size_t>(FailureClass::other)), 3U);
}

TEST_F(HubAccountTest, AJobThatVanishesIsNeitherLostNorCountedTwice) {
  poll({});
  poll({completed_job("done"), job_of("runs", JobStatus::running, noon)});
  poll({});
  poll({completed_job("done"), completed_job("runs")});
  poll({});
  poll({completed_job("done"), completed_job("runs")});
  EXPECT_EQ(completed().jobs, 2U);
}

TEST_F(HubAccountTest, AnAnswerOutOfDateDoesNotMakeAJobFinishTwice) {
  poll({job_of("a", JobStatus::running, noon)});
  poll({completed_job("a")});
  const HubAccount before = account;
  EXPECT_TRUE(poll({job_of("a", JobStatus::running, noon)}).empty());
  EXPECT_TRUE(poll({completed_job("a")}).empty());
  EXPECT_EQ(account, before);
}

TEST_F(HubAccountTest, AnIdThatIsUsedAgainIsStillTheSameJob) {
  poll({});
  poll({completed_job("a")});
  poll({job_of("a", JobStatus::failed, noon + hours{1}, noon + hours{2})});
  EXPECT_EQ(completed().jobs, 1U);
  EXPECT_EQ(failed().jobs, 0U);
}

TEST_F(HubAccountTest, JobsWithoutAnIdAreNotCounted) {
  poll({});
  poll({completed_job(""), completed_job("")});
  EXPECT_EQ(completed().jobs, 0U);
  EXPECT_THAT(account.jobs, IsEmpty());
}

TEST_F(HubAccountTest, APollThatBringsNothingNewChangesNothing) {
  poll({completed_job("a"), job_of("b", JobStatus::unknown)});
  EXPECT_TRUE(poll({completed_job("a"), job_of("b", JobStatus::unknown)}).empty());
}

TEST_F(HubAccountTest, AChangeTellsWhatIsToBeStored) {
  poll({completed_job("old")});
  const auto change = poll({completed_job("old"), completed_job("new")});
  EXPECT_FALSE(change.hub);
  EXPECT_THAT(change.jobs, ElementsAre("new"));
  EXPECT_THAT(change.totals, ElementsAre(JobType::export_devices));
}

TEST_F(HubAccountTest, AJobKnowsWhenItWasFirstSeenFinished) {
  poll({});
  poll({job_of("a", JobStatus::failed)});
  const WallTime first = now;
  EXPECT_EQ(seen.jobs.at(0).ended_at(), first);
  poll({job_of("a", JobStatus::failed)});
  EXPECT_EQ(seen.jobs.at(0).ended_at(), first);
}

TEST_F(HubAccountTest, AJobWithoutAnEndEndedWhenItWasSeenTo) {
  poll({job_of("a", JobStatus::running, noon - hours{60})});
  poll({job_of("a", JobStatus::failed, noon - hours{60})});
  const WallTime first = now;
  EXPECT_EQ(seen.jobs.at(0).ended_at(), first) << "rather than when it was submitted";
  poll({job_of("a", JobStatus::failed, noon - hours{60})});
  EXPECT_EQ(seen.jobs.at(0).ended_at(), first);
}

TEST_F(HubAccountTest, AJobOfTheBaselineWithoutAnEndEndedWhenItWasSubmittedAsFarAsAnybodyKnows) {
  poll({job_of("a", JobStatus::failed, noon - hours{60})});
  EXPECT_EQ(seen.jobs.at(0).ended_at(), noon - hours{60});
}

TEST_F(HubAccountTest, TwoSpellingsOfAnIdAreOneJob) {
  poll({completed_job("job-A")});
  poll_named({"JOB-a"}, {completed_job("JOB-a")});
  EXPECT_EQ(completed().jobs, 0U) << "it had finished before the first poll";
  EXPECT_EQ(account.jobs.size(), 1U);
}

TEST_F(HubAccountTest, DatesThatAreTooFarApartAreNoDuration) {
  poll({});
  poll({completed_job("a", hours{24 * 365 * 8000}), completed_job("b", hours{24 * 36})});
  EXPECT_EQ(completed().jobs, 2U);
  EXPECT_EQ(completed().duration, seconds{0});
  EXPECT_THAT(completed().by_duration, testing::Each(0U));
}

TEST_F(HubAccountTest, AJobThatTheConfigurationNewlyNamesSetsItsOwnBaseline) {
  poll_named({"a"}, {completed_job("a")});
  poll_named({"a", "b"}, {completed_job("a"), completed_job("b")});
  EXPECT_EQ(completed().jobs, 0U);
}

TEST_F(HubAccountTest, ANamedJobThatWasNotThereOrStillRanIsCounted) {
  poll_named({"a", "b"}, {job_of("b", JobStatus::running, noon)});
  poll_named({"a", "b"}, {completed_job("a"), completed_job("b")});
  EXPECT_EQ(completed().jobs, 2U);
}

TEST_F(HubAccountTest, TheListSetsABaselineWhenItFollowsOnNamedJobs) {
  poll_named({"a"}, {job_of("a", JobStatus::running, noon)});
  poll({completed_job("a"), completed_job("never named")});
  EXPECT_EQ(completed().jobs, 1U);
  poll({completed_job("a"), completed_job("never named"), completed_job("new")});
  EXPECT_EQ(completed().jobs, 2U);
}

TEST_F(HubAccountTest, ANamedJobThatFinishedWhileTheListWasFollowedIsCounted) {
  poll({});
  poll_named({"a"}, {completed_job("a")});
  EXPECT_EQ(completed().jobs, 1U);
}

TEST_F(HubAccountTest, WhatIsUnseenForFiveWeeksIsForgottenButStaysCounted) {
  poll({});
  poll({completed_job("gone"), completed_job("listed")});
  for (int day = 0; day < 35; ++day) {
    now += kDay;
    EXPECT_THAT(poll({completed_job("listed")}).forgotten, IsEmpty()) << day;
  }
  now += kDay;
  EXPECT_THAT(poll({completed_job("listed")}).forgotten, ElementsAre("gone"));
  EXPECT_EQ(completed().jobs, 2U);
  poll({completed_job("listed")});
  EXPECT_EQ(completed().jobs, 2U);
}

TEST_F(HubAccountTest, AClockThatJumpsForgetsNothingAndCountsNothing) {
  poll({});
  poll({completed_job("a")});
  const TypeTotals before = exports();
  for (const hours jump : {400 * kDay, -800 * kDay, 400 * kDay}) {
    now += jump;
    poll({});
    poll({completed_job("a")});
    EXPECT_EQ(exports(), before);
  }
}

// The seconds in which a job was busy.
class BusyTimeTest : public HubAccountTest {
 protected:
  [[nodiscard]] seconds busy() const { return std::chrono::duration_cast<seconds>(exports().busy); }
};

TEST_F(BusyTimeTest, IsTheUnionOfTheJobsTimes) {
  poll({});
  poll({job_of("a", JobStatus::completed, noon, noon + seconds{10}),
        job_of("b", JobStatus::failed, noon + seconds{5}, noon + seconds{15}),
        job_of("c", JobStatus::completed, noon + seconds{6}, noon + seconds{7}),
        job_of("d", JobStatus::cancelled, noon + seconds{20}, noon + seconds{21})});
  EXPECT_EQ(busy(), seconds{16});
}

TEST_F(BusyTimeTest, FillsAGapThatAppearsLate) {
  poll({});
  const Job first = job_of("a", JobStatus::completed, noon, noon + seconds{10});
  const Job last = job_of("b", JobStatus::completed, noon + seconds{30}, noon + seconds{40});
  poll({first, last});
  EXPECT_EQ(busy(), seconds{20});
  poll({first, last, job_of("c", JobStatus::completed, noon + seconds{5}, noon + seconds{35})});
  EXPECT_EQ(busy(), seconds{40});
}

TEST_F(BusyTimeTest, GrowsWhileAJobRunsAndEndsWithIt) {
  poll({});
  const WallTime start = now + seconds{20};
  poll({job_of("a", JobStatus::enqueued, start)});
  EXPECT_EQ(busy(), seconds{40});
  poll({job_of("a", JobStatus::running, start)});
  EXPECT_EQ(busy(), seconds{100});
  poll({job_of("a", JobStatus::completed, start, start + seconds{130})});
  EXPECT_EQ(busy(), seconds{130});
}

TEST_F(BusyTimeTest, OfAJobThatRanBeforeTheBaselineBeginsThere) {
  poll({job_of("a", JobStatus::running, noon - hours{3})});
  EXPECT_EQ(busy(), seconds{0});
  poll({job_of("a", JobStatus::running, noon - hours{3})});
  EXPECT_EQ(busy(), seconds{60});
  poll({job_of("a", JobStatus::completed, noon - hours{3}, now + seconds{30})});
  EXPECT_EQ(busy(), seconds{90});
}

TEST_F(BusyTimeTest, DoesNotFollowAClockThatJumps) {
  poll({});
  const WallTime start = now + seconds{30};
  poll({job_of("a", JobStatus::running, start)});
  EXPECT_EQ(busy(), seconds{30});
  now += 400 * kDay;
  poll({job_of("a", JobStatus::running, start)});
  EXPECT_EQ(busy(), seconds{90});
  now -= 800 * kDay;
  poll({job_of("a", JobStatus::running, start)});
  EXPECT_EQ(busy(), seconds{150});
  poll({job_of("a", JobStatus::completed, start, start + seconds{155})});
  EXPECT_EQ(busy(), seconds{155});
}

TEST_F(BusyTimeTest, CountsNoSecondAgainWhenJobsAreForgotten) {
  poll({});
  poll({job_of("a", JobStatus::completed, noon, noon + hours{1})});
  for (int day = 0; day < 40; ++day) {
    now += kDay;
    poll({});
  }
  ASSERT_THAT(account.jobs, IsEmpty());
  poll({job_of("b", JobStatus::completed, noon + minutes{30}, noon + minutes{90})});
  EXPECT_EQ(busy(), minutes{90});
}

TEST_F(BusyTimeTest, AWrongDateDoesNotStopIt) {
  poll({});
  poll({job_of("running", JobStatus::running, now)});
  poll({completed_job("a", hours{24 * 365 * 5}),
        job_of("running", JobStatus::completed, noon, noon + hours{24 * 365 * 5})});
  const auto before = exports().busy;
  EXPECT_LE(before, minutes{5});
  poll({job_of("b", JobStatus::completed, noon + hours{1}, noon + hours{2})});
  EXPECT_EQ(exports().busy, before + hours{1});
}

TEST_F(BusyTimeTest, ADateInTheFutureDoesNotStopItWhenItsJobIsForgotten) {
  poll({});
  poll({job_of("future", JobStatus::completed, noon + kDay * 900, noon + kDay * 900 + hours{1})});
  for (int day = 0; day < 37; ++day) {
    now += kDay;
    poll({});
  }
  EXPECT_THAT(account.jobs, IsEmpty());
  const auto before = exports().busy;
  poll({job_of("b", JobStatus::completed, now, now + hours{2})});
  EXPECT_EQ(exports().busy, before + hours{2});
}

TEST_F(BusyTimeTest, IsKeptByType) {
  poll({});
  poll({job_of("a", JobStatus::completed, noon, noon + seconds{10}),
        job_of("b", JobStatus::completed, noon, noon + seconds{30}, JobType::import_devices)});
  EXPECT_EQ(busy(), seconds{10});
  EXPECT_EQ(account.totals.of(JobType::import_devices).busy, seconds{30});
}

TEST_F(HubAccountTest, AnUpdateOfSeveralPollsHoldsTheRowsThatTheyChangedAsTheyAreNow) {
  const Job untouched = completed_job("untouched");
  poll({untouched});
  auto update =
      update_of(account, poll({untouched, job_of("a", JobStatus::running, noon), completed_job("b")}));
  merge(update,
        update_of(account, poll({untouched, completed_job("a"), completed_job("b"), completed_job("c")})));
  EXPECT_THAT(update.change.jobs, ElementsAre("a", "b", "c"));
  EXPECT_EQ(update.rows.totals, account.totals);
  EXPECT_EQ(update.rows.day, account.day);
  account.jobs.erase("untouched");
  EXPECT_EQ(update.rows.jobs, account.jobs);
}

TEST(HubUpdate, KeepsOfAForgottenJobOnlyThatItIsForgottenUnlessItReturns) {
  HubUpdate update{.rows = {}, .change = {}};
  update.rows.jobs["a"].counted = true;
  update.rows.jobs["b"].counted = true;
  update.change.jobs = {"a", "b"};
  HubUpdate later{.rows = {}, .change = {}};
  later.change.forgotten = {"a", "b"};
  merge(update, later);
  later.change.forgotten = {};
  later.change.jobs = {"b"};
  later.change.hub = true;
  later.rows.jobs["b"] = {};
  merge(update, later);
  EXPECT_THAT(update.change.forgotten, ElementsAre("a"));
  EXPECT_THAT(update.change.jobs, ElementsAre("b"));
  EXPECT_TRUE(update.change.hub);
  ASSERT_EQ(update.rows.jobs.size(), 1U);
  EXPECT_FALSE(update.rows.jobs.at("b").counted) << "as it is now";
}

}  // namespace
}  // namespace iothub

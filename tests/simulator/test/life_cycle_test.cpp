#include "simulator/life_cycle.hpp"

#include <gmock/gmock.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

DurationRange exactly(Duration duration) {
  return {duration, duration};
}

PlannedJob export_job() {
  return {.enqueued_for = exactly(seconds{10}), .runs_for = exactly(seconds{40})};
}

Timeline timeline(double scale = 1) {
  return {.start = kNoon, .scale = scale, .random = SeededRandom("test")};
}

std::string status_at(const Hub& hub, Duration after, double scale = 1) {
  const auto jobs = jobs_at(hub, {}, timeline(scale), kNoon + after);
  return jobs.empty() ? "none" : jobs.front().status;
}

TEST(LifeCycle, MovesAJobFromEnqueuedOverRunningToItsOutcome) {
  PlannedJob job = export_job();
  job.starts_in = seconds{5};
  const Hub hub{.name = "red", .planned_jobs = {job}};
  EXPECT_EQ(status_at(hub, seconds{4}), "none");
  EXPECT_EQ(status_at(hub, seconds{5}), "enqueued");
  EXPECT_EQ(status_at(hub, seconds{14}), "enqueued");
  EXPECT_EQ(status_at(hub, seconds{15}), "running");
  EXPECT_EQ(status_at(hub, seconds{54}), "running");
  EXPECT_EQ(status_at(hub, seconds{55}), "completed");
  EXPECT_EQ(status_at(hub, hours{24}), "completed");
}

TEST(LifeCycle, HasAnEndOnlyOnceTheJobHasEnded) {
  const Hub hub{.name = "red", .planned_jobs = {export_job()}};
  const auto running = jobs_at(hub, {}, timeline(), kNoon + seconds{20});
  ASSERT_THAT(running, SizeIs(1));
  EXPECT_EQ(running[0].start, kNoon);
  EXPECT_EQ(running[0].end, std::nullopt);
  const auto ended = jobs_at(hub, {}, timeline(), kNoon + seconds{60});
  EXPECT_EQ(ended[0].end, kNoon + seconds{50});
  EXPECT_EQ(ended[0].progress, 100);
}

TEST(LifeCycle, ShrinksPhasesButNotDatesWhenTimeIsScaled) {
  const Hub hub{.name = "red", .planned_jobs = {export_job()}};
  EXPECT_EQ(status_at(hub, Duration{900}, 10), "enqueued");
  EXPECT_EQ(status_at(hub, Duration{1000}, 10), "running");
  EXPECT_EQ(status_at(hub, Duration{5000}, 10), "completed");
  EXPECT_EQ(jobs_at(hub, {}, timeline(10), kNoon + hours{1})[0].end, kNoon + seconds{5});
}

TEST(LifeCycle, TakesTheOutcomesOfAScheduleInTurn) {
  PlannedJob job = export_job();
  job.every = minutes{5};
  job.outcomes = {{.status = "completed"}, {.status = "failed", .failure_reason = "No space."}};
  const Hub hub{.name = "red", .planned_jobs = {job}};
  EXPECT_THAT(jobs_at(hub, {}, timeline(), kNoon + minutes{12}),
              ElementsAre(Field(&Job::status, "completed"), Field(&Job::failure_reason, "No space."),
                          Field(&Job::status, "completed")));
}

TEST(LifeCycle, GivesTheSameIdsToTheSameSeed) {
  PlannedJob job = export_job();
  job.every = minutes{1};
  const Hub hub{.name = "red", .planned_jobs = {job}};
  const auto once = jobs_at(hub, {}, timeline(), kNoon + minutes{3});
  const auto again = jobs_at(hub, {}, timeline(), kNoon + minutes{4});
  ASSERT_THAT(again, SizeIs(5));
  EXPECT_EQ(once[0].id, again[1].id);
  EXPECT_NE(again[0].id, again[1].id);
  EXPECT_THAT(again[0].id,
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

TEST(LifeCycle, RefusesASecondExportOrImportWhileOneIsActive) {
  PlannedJob import = export_job();
  import.type = "import";
  import.starts_in = seconds{30};
  PlannedJob update = import;
  update.type = "firmwareUpdate";
  const Hub hub{.name = "red", .planned_jobs = {export_job(), import, update}};
  EXPECT_THAT(jobs_at(hub, {}, timeline(), kNoon + minutes{2}),
              ElementsAre(Field(&Job::type, "firmwareUpdate"), Field(&Job::type, "export")));
}

TEST(LifeCycle, KeepsAJobActiveForeverWhoseOutcomeIsRunning) {
  PlannedJob job = export_job();
  job.outcomes = {{.status = "running"}};
  const Hub hub{.name = "red", .planned_jobs = {job}};
  EXPECT_EQ(status_at(hub, hours{100}), "running");
}

TEST(LifeCycle, LetsAScheduleHaveAHistoryAtItsRealPace) {
  PlannedJob job = export_job();
  job.every = minutes{10};
  job.began_ago = hours{1};
  const Hub hub{.name = "red", .planned_jobs = {job}};
  const auto jobs = jobs_at(hub, {}, timeline(600), kNoon);
  ASSERT_THAT(jobs, SizeIs(7));
  EXPECT_EQ(jobs.back().start, kNoon - hours{1});
  EXPECT_EQ(jobs.back().end, kNoon - hours{1} + seconds{50});
}

TEST(LifeCycle, ForgetsJobsAfterTheRetention) {
  PastJob past{.id = "old", .started_ago = hours{29 * 24}, .ended_ago = hours{29 * 24}};
  const Hub hub{.name = "red", .past_jobs = {past}};
  EXPECT_THAT(jobs_at(hub, {}, timeline(), kNoon + hours{24}), SizeIs(1));
  EXPECT_THAT(jobs_at(hub, {}, timeline(), kNoon + hours{24} + seconds{1}), IsEmpty());
}

TEST(LifeCycle, CountsAgesOfThePastFromTheStart) {
  PastJob past{.started_ago = hours{27}, .ended_ago = hours{26}};
  const Hub hub{.name = "red", .past_jobs = {past}};
  const auto jobs = jobs_at(hub, {}, timeline(60), kNoon + hours{1});
  ASSERT_THAT(jobs, SizeIs(1));
  EXPECT_EQ(jobs[0].end, kNoon - hours{26});
}

}  // namespace
}  // namespace azure_simulator

#include "fleet/ledger.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/fleet/ledger_fixture.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(LedgerTest, NeedsNoFolder) {
  ledger = std::make_unique<Ledger>();
  poll("a", {});
  EXPECT_EQ(completed(poll("a", {done("1")})), 1U);
  EXPECT_FALSE(ledger->storage());
}

TEST_F(LedgerTest, TwoJobsWithOneIdOnTwoHubsAreTwo) {
  ledger = std::make_unique<Ledger>();
  poll("a", {});
  poll("b", {});
  EXPECT_EQ(completed(poll("a", {done("1")})), 1U);
  EXPECT_EQ(completed(poll("b", {done("1")})), 1U);
}

TEST_F(LedgerTest, AHubIsTheSameHoweverItsNameIsWritten) {
  ledger = std::make_unique<Ledger>();
  poll("Factory", {done("1")});
  EXPECT_EQ(completed(poll("factory", {done("1"), done("2")})), 1U);
  EXPECT_EQ(completed("FACTORY"), 1U);
}

TEST_F(LedgerTest, KeepsAllItKnowsOverARestart) {
  open();
  poll("a", {done("old")});
  const WallTime start = clock.wall_now() + seconds{30};
  Job failed = job_of("failed", JobStatus::failed, start, start + seconds{3}, JobType::import_devices);
  failed.failure_reason = "quota";
  const auto before = poll("a", {done("old"), done("1"), failed, job_of("runs", JobStatus::running, start)});
  open();
  const auto after = ledger->totals({.subscription_id = "s", .resource_group = "g", .name = "a"});
  EXPECT_EQ(*after, *before);
  EXPECT_EQ(completed(after), 1U);
  EXPECT_EQ(after->of(JobType::import_devices).failures.at(static_cast<std::size_t>(FailureClass::quota)),
            1U);
  EXPECT_EQ(after->of(JobType::export_devices).busy, seconds{37}) << "seven and thirty";
  EXPECT_EQ(completed(poll("a", {done("old"), done("1"), failed})), 1U);
}

TEST_F(LedgerTest, AJobThatFinishedBetweenTwoProcessesIsCounted) {
  open();
  poll("a", {done("old")});
  open();
  EXPECT_EQ(completed(poll("a", {done("old"), done("1")})), 1U);
  open();
  EXPECT_EQ(completed(poll("a", {done("old"), done("1")})), 1U);
}

TEST_F(LedgerTest, TheTimeBetweenTwoProcessesIsBusyOnceTheJobTellsItsEnd) {
  open();
  poll("a", {});
  const WallTime start = clock.wall_now();
  poll("a", {job_of("1", JobStatus::running, start)});
  open();
  clock.advance(std::chrono::hours{1});
  auto busy = poll("a", {job_of("1", JobStatus::running, start)})->of(JobType::export_devices).busy;
  EXPECT_EQ(busy, minutes{1}) << "as before";
  busy = poll("a", {job_of("1", JobStatus::completed, start, start + minutes{63})})
             ->of(JobType::export_devices)
             .busy;
  EXPECT_EQ(busy, minutes{63});
}

TEST_F(LedgerTest, TellsWhenAJobWasFirstSeenFinishedEvenAfterARestart) {
  open();
  poll("a", {});
  poll("a", {job_of("1", JobStatus::failed)});
  const WallTime first = clock.wall_now();
  open();
  HubJobs list = list_of({job_of("1", JobStatus::failed)}, clock.wall_now() + minutes{1});
  ledger->enter({.subscription_id = "s", .resource_group = "g", .name = "a"}, list, clock.steady_now());
  EXPECT_EQ(list.jobs.at(0).ended_at(), first);
}

TEST_F(LedgerTest, IdsMayHoldAnyText) {
  const std::string odd = std::string("nul\0", 4) + "quote'\"; DROP TABLE jobs; -- \xC3\xA4";
  open();
  poll("a", {});
  poll("a", {done(odd)});
  open();
  EXPECT_EQ(completed(poll("a", {done(odd)})), 1U);
}

}  // namespace
}  // namespace iothub

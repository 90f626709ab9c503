#include "fleet/ledger.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "fleet/sqlite.hpp"
#include "support/temporary_folder.hpp"
#include "unit/fleet/account_jobs.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// While it lives, no file may grow: what a full disk is to SQLite.
class FullDisk {
 public:
  FullDisk() : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit none{.rlim_cur = 0, .rlim_max = old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

// While it lives, this process is nobody in particular: root may write everything.
class Nobody {
 public:
  Nobody() { is_root_ = geteuid() == 0 && seteuid(65534) == 0; }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() {
    if (is_root_) {
      (void)!seteuid(0);
    }
  }

 private:
  bool is_root_ = false;
};

class LedgerTest : public testing::Test {
 protected:
  // Begins anew with what is in the folder, as a process does.
  void open() {
    ledger.reset();
    auto opened = Ledger::open(folder.path("storage"), [this](const std::optional<Error>& error) {
      told.push_back(error ? error->message : "works again");
    });
    ASSERT_TRUE(opened) << opened.error().message;
    ledger = *std::move(opened);
  }

  // Why it cannot be opened.
  std::string refusal(const std::string& name = "storage") {
    const auto opened = Ledger::open(folder.path(name), nullptr);
    if (opened) {
      return "it was opened";
    }
    EXPECT_EQ(opened.error().kind, ErrorKind::bad_config);
    return opened.error().message;
  }

  std::shared_ptr<const HubTotals> poll(const std::string& hub, std::vector<Job> jobs) {
    clock.advance(minutes{1});
    HubJobs list = list_of(std::move(jobs), clock.wall_now());
    return ledger->enter({.subscription_id = "s", .resource_group = "g", .name = hub}, list,
                         clock.steady_now());
  }

  static std::uint64_t completed(const std::shared_ptr<const HubTotals>& totals) {
    return totals->of(JobType::export_devices).finished.at(0).jobs;
  }
  std::uint64_t completed(const std::string& hub) {
    return completed(ledger->totals({.subscription_id = "s", .resource_group = "g", .name = hub}));
  }

  static Job done(std::string id) {
    return job_of(std::move(id), JobStatus::completed, FakeClock::kNoon, FakeClock::kNoon + seconds{7});
  }

  void run_sql(const std::string& sql) {
    auto database = SqlDatabase::open(folder.path("storage/ledger.db"));
    ASSERT_TRUE(database) << database.error().message;
    const auto outcome = database->run(sql);
    ASSERT_TRUE(outcome) << outcome.error().message;
  }

  [[nodiscard]] std::string content() const {
    std::ifstream file(folder.path("storage/ledger.db"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder;
  FakeClock clock;
  std::vector<std::string> told;
  std::unique_ptr<Ledger> ledger;
};

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

TEST_F(LedgerTest, APollThatChangesNothingWritesNothing) {
  open();
  poll("a", {done("1")});
  const FullDisk full;
  poll("a", {done("1")});
  EXPECT_TRUE(ledger->storage()->up);
  poll("a", {done("1"), done("2")});
  EXPECT_FALSE(ledger->storage()->up);
}

TEST_F(LedgerTest, ASecondProcessIsRefused) {
  open();
  EXPECT_THAT(refusal(), AllOf(HasSubstr(folder.path("storage/ledger.db")), HasSubstr("in use")));
  ledger.reset();
  open();
}

TEST_F(LedgerTest, ALedgerOfANewerVersionIsRefusedAndLeftAsItIs) {
  open();
  poll("a", {});
  ledger.reset();
  run_sql("PRAGMA user_version = 99");
  const std::string before = content();
  EXPECT_THAT(refusal(), AllOf(HasSubstr("newer version"), HasSubstr("99")));
  EXPECT_EQ(content(), before);
}

TEST_F(LedgerTest, WhatIsNoLedgerIsRefused) {
  std::filesystem::create_directory(folder.path("storage"));
  (void)folder.write("storage/ledger.db", "this is not a database, but it is long enough to look at");
  EXPECT_THAT(refusal(), HasSubstr("damaged, or no database"));
  std::filesystem::remove(folder.path("storage/ledger.db"));
  run_sql("CREATE TABLE songs (title TEXT)");
  EXPECT_THAT(refusal(), HasSubstr("another program's"));
}

TEST_F(LedgerTest, ADamagedLedgerIsRefused) {
  open();
  std::vector<Job> jobs;
  for (int i = 0; i < 500; ++i) {
    jobs.push_back(done("job-" + std::to_string(i)));
  }
  poll("a", jobs);
  ledger.reset();
  std::fstream file(folder.path("storage/ledger.db"), std::ios::in | std::ios::out | std::ios::binary);
  constexpr std::size_t kPage = 4096;  // of SQLite
  file.seekp(static_cast<std::streamoff>(3 * kPage));
  file << std::string(4 * kPage, 'x');
  file.close();
  EXPECT_THAT(refusal(), HasSubstr("damaged"));
}

TEST_F(LedgerTest, AFormatBelowZeroIsDamage) {
  open();
  ledger.reset();
  run_sql("PRAGMA user_version = -5");
  EXPECT_THAT(refusal(), HasSubstr("ledger.db: it is damaged: its format is -5"));
}

TEST_F(LedgerTest, ACounterBelowZeroIsDamage) {
  open();
  poll("a", {});
  poll("a", {done("1")});
  ledger.reset();
  run_sql("UPDATE counters SET value = -7");
  EXPECT_THAT(refusal(), HasSubstr("ledger.db: it is damaged: a counter is below zero"));
}

TEST_F(LedgerTest, AFileOrFolderThatMayNotBeWrittenIsRefused) {
  open();
  ledger.reset();
  const auto allow = [this](const std::string& name, unsigned mode) {
    std::filesystem::permissions(folder.path(name), std::filesystem::perms{mode});
  };
  allow("", 0777);
  allow("storage", 0777);
  allow("storage/ledger.db", 0444);
  {
    const Nobody nobody;
    EXPECT_THAT(refusal(), HasSubstr("ledger.db: it cannot be written"));
  }
  allow("storage", 0555);
  const Nobody nobody;
  EXPECT_THAT(refusal(), HasSubstr("ledger.db: its folder cannot be written: Permission denied"));
}

TEST_F(LedgerTest, TheLogOfItsFileStaysShort) {
  open();
  poll("a", {});
  for (int i = 0; i < 300; ++i) {
    poll("a", {done(std::to_string(i))});
  }
  EXPECT_LT(std::filesystem::file_size(folder.path("storage/ledger.db-wal")), 256U * 1024U);
}

TEST_F(LedgerTest, AFolderThatCannotBeIsRefused) {
  (void)folder.write("file", "");
  EXPECT_THAT(refusal("file"), HasSubstr("folder"));
  EXPECT_THAT(refusal("file/below"), HasSubstr("folder"));
}

TEST_F(LedgerTest, ADiskThatTakesNothingIsRefusedAtTheStart) {
  {
    const FullDisk full;
    EXPECT_THAT(refusal(), AllOf(HasSubstr("ledger.db"), HasSubstr("the disk fails")));
  }
  open();
  poll("a", {});
  ledger.reset();
  const FullDisk full;
  EXPECT_THAT(refusal(), AllOf(HasSubstr("ledger.db"), HasSubstr("the disk fails")));
}

TEST_F(LedgerTest, GoesOnInMemoryWhileItCannotWriteAndCatchesUp) {
  open();
  poll("a", {});
  poll("b", {});
  {
    const FullDisk full;
    EXPECT_EQ(completed(poll("a", {done("1")})), 1U);
    EXPECT_EQ(completed(poll("b", {done("1")})), 1U);
    EXPECT_EQ(completed(poll("a", {done("1"), done("2")})), 2U);
    EXPECT_THAT(told, ElementsAre(HasSubstr("ledger.db")));
    EXPECT_FALSE(ledger->storage()->up);
    EXPECT_GE(ledger->storage()->errors, 2U);
  }
  poll("b", {done("1")});
  EXPECT_TRUE(ledger->storage()->up) << "nothing of b has changed, but all is written";
  EXPECT_THAT(told, ElementsAre(testing::_, "works again"));
  open();
  EXPECT_EQ(completed("a"), 2U);
  EXPECT_EQ(completed("b"), 1U);
  EXPECT_EQ(completed(poll("a", {done("1"), done("2"), done("3")})), 3U);
}

TEST_F(LedgerTest, WritesWhatItStillOwesWhenItEnds) {
  open();
  poll("a", {});
  {
    const FullDisk full;
    poll("a", {done("1")});
    EXPECT_FALSE(ledger->storage()->up);
  }
  open();
  EXPECT_EQ(completed("a"), 1U);
}

TEST_F(LedgerTest, ARestMustPassBeforeAnotherAttempt) {
  open();
  poll("a", {});
  const FullDisk full;
  poll("a", {done("1")});
  const auto errors = ledger->storage()->errors;
  HubJobs list = list_of({done("1"), done("2")}, clock.wall_now());
  ledger->enter({.subscription_id = "s", .resource_group = "g", .name = "a"}, list,
                clock.steady_now() + seconds{9});
  EXPECT_EQ(ledger->storage()->errors, errors);
}

TEST_F(LedgerTest, ALedgerThatIsDeletedWhileItIsOpenIsMadeAnew) {
  open();
  poll("a", {});
  poll("a", {done("1")});
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("storage"))) {
    std::filesystem::remove(entry.path());
  }
  poll("a", {done("1"), done("2")});
  EXPECT_THAT(told, ElementsAre(HasSubstr("moved or deleted")));
  poll("a", {done("1"), done("2")});
  EXPECT_TRUE(ledger->storage()->up);
  open();
  EXPECT_EQ(completed("a"), 2U);
}

TEST_F(LedgerTest, IdsMayHoldAnyText) {
  const std::string odd = std::string("nul\0", 4) + "quote'\"; DROP TABLE jobs; -- \xC3\xA4";
  open();
  poll("a", {});
  poll("a", {done(odd)});
  open();
  EXPECT_EQ(completed(poll("a", {done(odd)})), 1U);
}

TEST(SqlDatabase, SaysThatThereIsNoSpaceLeft) {
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  const auto outcome = database->run("PRAGMA max_page_count = 1; CREATE TABLE a (x INTEGER)");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("the disk is full"));
}

TEST(Migration, GoesFromAnyFormatToTheNewestAndNoFurther) {
  constexpr std::array<std::string_view, 2> kSteps{"CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)",
                                                   "UPDATE a SET x = x + 41"};
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  ASSERT_TRUE(migrate(*database, std::span(kSteps).first(1)));
  EXPECT_EQ(database->number("SELECT x FROM a"), 1);
  ASSERT_TRUE(migrate(*database, kSteps));
  ASSERT_TRUE(migrate(*database, kSteps));
  EXPECT_EQ(database->number("SELECT x FROM a"), 42);
  EXPECT_EQ(database->number("PRAGMA user_version"), 2);
  EXPECT_FALSE(migrate(*database, std::span(kSteps).first(1)));
}

TEST(Migration, ThatFailsLeavesNothingBehind) {
  constexpr std::array<std::string_view, 2> kSteps{"CREATE TABLE a (x INTEGER)", "UPDATE nothing SET x = 1"};
  auto database = SqlDatabase::open(":memory:");
  ASSERT_TRUE(database);
  EXPECT_FALSE(migrate(*database, kSteps));
  EXPECT_EQ(database->number("SELECT count(*) FROM sqlite_schema"), 0);
  EXPECT_EQ(database->number("PRAGMA user_version"), 0);
}

}  // namespace
}  // namespace iothub

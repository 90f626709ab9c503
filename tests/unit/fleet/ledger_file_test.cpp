// The ledger's file: what is refused at the start, and what happens while it cannot be written.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "unit/fleet/ledger_fixture.hpp"

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
  poll("a", {done("1"), done("2")}, seconds{9});
  EXPECT_EQ(ledger->storage()->errors, errors);
  poll("a", {done("1"), done("2")}, seconds{1});
  EXPECT_EQ(ledger->storage()->errors, errors + 1);
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

}  // namespace
}  // namespace iothub

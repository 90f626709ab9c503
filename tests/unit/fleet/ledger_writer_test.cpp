// What a disk that is slow, or hangs, costs those who count: nothing but a moment.
#include "fleet/ledger_writer.hpp"

#include <future>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/fleet/ledger_fixture.hpp"
#include "unit/fleet/slow_disk.hpp"

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LedgerOnASlowDisk : public LedgerTest {
 protected:
  LedgerOnASlowDisk() {
    open();
    poll("a", {});
    poll("b", {});
  }
  LedgerOnASlowDisk(const LedgerOnASlowDisk&) = delete;
  LedgerOnASlowDisk& operator=(const LedgerOnASlowDisk&) = delete;
  ~LedgerOnASlowDisk() override {
    disk.go_on();
    ledger.reset();  // before the disk
  }

  // A poll while the disk hangs, which is over when it has waited its moment; what it then shows.
  std::uint64_t poll_that_waits(const std::string& hub, std::vector<Job> jobs) {
    auto shown = std::async(std::launch::async, [&] { return completed(poll(hub, std::move(jobs))); });
    disk.wait_until_it_is_needed();
    clock.wait_until_asleep(1);
    clock.advance(seconds{1});
    return shown.get();
  }

  // The disk answers again: polls that find nothing new, until one shows what was counted.
  void poll_until_shown(const std::string& hub, const std::vector<Job>& jobs, std::uint64_t count) {
    disk.go_on();
    while (completed(poll(hub, jobs, seconds{0})) != count) {
      std::this_thread::yield();
    }
  }

  SlowDisk disk;
};

TEST_F(LedgerOnASlowDisk, APollWaitsAMomentAndItsCountsComeWithALaterOne) {
  disk.hang();
  EXPECT_EQ(poll_that_waits("a", {done("1")}), 0U) << "what may be lost is not shown";
  EXPECT_TRUE(ledger->storage()->up) << "it is slow, no more";
  poll_until_shown("a", {done("1")}, 1U);
  EXPECT_THAT(told, IsEmpty());
}

TEST_F(LedgerOnASlowDisk, AHubThatHasNothingToWriteDoesNotWait) {
  disk.hang();
  poll_that_waits("a", {done("1")});
  poll("b", {}, seconds{1});
  EXPECT_TRUE(ledger->storage()->up);
}

TEST_F(LedgerOnASlowDisk, WhatComesWhileItWritesIsWrittenTogetherNext) {
  disk.hang();
  poll_that_waits("a", {done("1")});
  EXPECT_EQ(completed(poll("b", {done("1")}, seconds{1})), 0U)
      << "nobody waits for a write that lasts already";
  EXPECT_EQ(completed(poll("c", {}, seconds{1})), 0U);
  poll_until_shown("b", {done("1")}, 1U);
  open();
  EXPECT_EQ(completed("a"), 1U);
  EXPECT_EQ(completed("b"), 1U);
}

TEST_F(LedgerOnASlowDisk, WhatWasWrittenIsShownThoughThereIsMoreToWrite) {
  disk.hang();
  poll_that_waits("a", {done("1")});
  poll("b", {done("1")}, seconds{1});
  poll_until_shown("b", {done("1")}, 1U);
  disk.hang();
  EXPECT_EQ(poll_that_waits("a", {done("1"), done("2")}), 1U);
  poll_until_shown("a", {done("1"), done("2")}, 2U);
}

TEST_F(LedgerOnASlowDisk, AWriteThatHangsIsToldAndCountingGoesOnInMemory) {
  disk.hang();
  poll_that_waits("a", {done("1")});
  EXPECT_EQ(completed(poll("a", {done("1")}, seconds{9})), 1U) << "it is out of reach now";
  EXPECT_FALSE(ledger->storage()->up);
  EXPECT_EQ(completed(poll("a", {done("1"), done("2")}, seconds{60})), 2U);
  EXPECT_EQ(completed(poll("b", {done("1")}, seconds{1})), 1U);
  EXPECT_EQ(completed(poll("b", {done("1"), done("2")}, seconds{1})), 2U);
  EXPECT_THAT(told, ElementsAre(HasSubstr("the disk does not answer, a write began 10s ago")));
  disk.go_on();
  open();
  EXPECT_THAT(told, ElementsAre(testing::_, "works again"));
  EXPECT_EQ(completed("a"), 2U);
  EXPECT_EQ(completed("b"), 2U);
  EXPECT_EQ(completed(poll("b", {done("1"), done("2")})), 2U) << "none of them is counted again";
}

TEST_F(LedgerOnASlowDisk, AfterAFailureThatTookLongTheRestIsAsLong) {
  disk.hang();
  poll_that_waits("a", {done("1")});
  clock.advance(seconds{59});
  disk.go_on(SQLITE_IOERR_FSYNC);
  while (ledger->storage()->errors == 0) {
    std::this_thread::yield();
  }
  poll("a", {done("1"), done("2")}, seconds{50});
  EXPECT_EQ(ledger->storage()->errors, 1U) << "no attempt for a minute";
  poll("a", {done("1"), done("2")}, seconds{20});
  EXPECT_EQ(ledger->storage()->errors, 2U);
  disk.go_on();
  poll("a", {done("1"), done("2")});
  EXPECT_TRUE(ledger->storage()->up);
}

}  // namespace
}  // namespace iothub

#include "azure/read_allowance.hpp"

#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;

class ReadAllowanceTest : public testing::Test {
 protected:
  // A call that may not wait at all.
  [[nodiscard]] CallLimits at_once() const { return {.deadline = clock.steady_now(), .stop = {}}; }

  // How many reads may go at this moment; takes them.
  int take_all() {
    int taken = 0;
    while (reads.take(at_once())) {
      ++taken;
    }
    return taken;
  }

  [[nodiscard]] SteadyTime::duration until_ready(std::size_t ahead = 0) const {
    return reads.ready_at(ahead) - clock.steady_now();
  }

  FakeClock clock;
  std::vector<std::string> told;
  ReadAllowance reads{"s-1", "default", {}, clock, [this](const ReadPause& pause) {
                        told.push_back(pause.subscription_id + " " + pause.credential + " " +
                                       std::to_string(pause.length.count()));
                      }};
};

TEST_F(ReadAllowanceTest, AFullBucketHoldsWhatAzureAllowsLessATenth) {
  EXPECT_LE(until_ready().count(), 0);
  EXPECT_EQ(take_all(), 225);
  EXPECT_EQ(until_ready(), milliseconds{40});
}

TEST_F(ReadAllowanceTest, ReadsFlowInAtTheRateOfTheRefill) {
  take_all();
  clock.advance(seconds{1});
  EXPECT_EQ(take_all(), 25);
  clock.advance(milliseconds{39});
  EXPECT_EQ(take_all(), 0);
  clock.advance(milliseconds{1});
  EXPECT_EQ(take_all(), 1);
}

TEST_F(ReadAllowanceTest, ABucketThatIsFullDoesNotOverflow) {
  clock.advance(minutes{10});
  EXPECT_EQ(take_all(), 225);
}

TEST_F(ReadAllowanceTest, BurstAndRateCanBeSet) {
  for (const auto& [burst, usable] :
       {std::pair{1, 1}, {9, 9}, {10, 9}, {100, 90}, {250, 225}, {12'000, 11'975}}) {
    ReadAllowance small("s", "default", {.burst = burst, .per_second = 0.5}, clock, nullptr);
    int taken = 0;
    while (small.take(at_once())) {
      ++taken;
    }
    EXPECT_EQ(taken, usable) << burst;
    EXPECT_EQ(small.ready_at(), clock.steady_now() + seconds{2});
  }
}

TEST_F(ReadAllowanceTest, TellsWhenAReadMayGoAfterOthers) {
  EXPECT_LE(until_ready(224).count(), 0);
  EXPECT_EQ(until_ready(225), milliseconds{40});
  take_all();
  EXPECT_EQ(until_ready(3), milliseconds{160});
}

TEST_F(ReadAllowanceTest, AReadThatWouldComeTooLateIsThrottledAtOnce) {
  take_all();
  const auto taken = reads.take({.deadline = clock.steady_now() + milliseconds{39}, .stop = {}});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::throttled);
  EXPECT_EQ(taken.error().message, "subscription s-1 has no read left for another 1s");
  EXPECT_EQ(taken.error().retry_after, seconds{1});
}

TEST_F(ReadAllowanceTest, WaitsForTheBucket) {
  take_all();
  auto taken = std::async(std::launch::async, [&] { return reads.take({}); });
  clock.wait_until_asleep(1);
  EXPECT_EQ(clock.next_deadline(), clock.steady_now() + milliseconds{40});
  clock.advance(milliseconds{40});
  EXPECT_TRUE(taken.get());
  EXPECT_EQ(until_ready(), milliseconds{40}) << "it took the one that flowed in";
}

TEST_F(ReadAllowanceTest, SeveralThatWaitGetOneReadEach) {
  take_all();
  std::vector<std::future<Result<void>>> taken(3);
  for (auto& one : taken) {
    one = std::async(std::launch::async, [&] { return reads.take({}); });
  }
  for (std::ptrdiff_t waiting = 3; waiting > 0; --waiting) {
    clock.wait_until_asleep(waiting);
    clock.advance(milliseconds{40});
  }
  for (auto& one : taken) {
    EXPECT_TRUE(one.get());
  }
  EXPECT_EQ(take_all(), 0);
}

TEST_F(ReadAllowanceTest, AStopEndsTheWait) {
  take_all();
  std::stop_source stop;
  auto taken = std::async(std::launch::async, [&] {
    return reads.take({.deadline = SteadyTime::max(), .stop = stop.get_token()});
  });
  clock.wait_until_asleep(1);
  stop.request_stop();
  EXPECT_EQ(taken.get().error().kind, ErrorKind::cancelled);
  EXPECT_EQ(reads.take({.deadline = SteadyTime::max(), .stop = stop.get_token()}).error().kind,
            ErrorKind::cancelled);
}

TEST_F(ReadAllowanceTest, DuringAPauseNobodyReadsAndIsToldForHowLong) {
  reads.pause(seconds{7});
  EXPECT_EQ(reads.paused_until(), clock.steady_now() + seconds{7});
  clock.advance(milliseconds{1'500});
  const auto taken = reads.take({});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().kind, ErrorKind::throttled);
  EXPECT_EQ(taken.error().message, "subscription s-1 is throttled for another 6s");
  EXPECT_EQ(taken.error().retry_after, seconds{6}) << "rounded up";
}

TEST_F(ReadAllowanceTest, AfterAPauseReadsComeOneByOne) {
  reads.pause(seconds{7});
  EXPECT_EQ(until_ready(), milliseconds{7'040});
  EXPECT_EQ(until_ready(9), milliseconds{7'400});
  clock.advance(seconds{7});
  EXPECT_EQ(take_all(), 0);
  clock.advance(milliseconds{40});
  EXPECT_EQ(take_all(), 1);
  clock.advance(seconds{1});
  EXPECT_EQ(take_all(), 25);
}

TEST_F(ReadAllowanceTest, APauseOnlyGrows) {
  reads.pause(seconds{7});
  reads.pause(seconds{3});
  EXPECT_EQ(reads.paused_until(), clock.steady_now() + seconds{7});
  clock.advance(seconds{1});
  reads.pause(seconds{7});
  EXPECT_EQ(reads.paused_until(), clock.steady_now() + seconds{7});
}

TEST_F(ReadAllowanceTest, TellsOfEachPauseOnce) {
  reads.pause(seconds{7});
  reads.pause(seconds{10});
  EXPECT_THAT(told, ElementsAre("s-1 default 7"));
  clock.advance(seconds{10});
  reads.pause(seconds{3});
  EXPECT_THAT(told, ElementsAre("s-1 default 7", "s-1 default 3"));
}

TEST_F(ReadAllowanceTest, APauseThatBeginsEndsTheWaitForTheBucket) {
  take_all();
  auto taken = std::async(std::launch::async, [&] { return reads.take({}); });
  clock.wait_until_asleep(1);
  reads.pause(seconds{7});
  const auto refused = taken.get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::throttled);
  EXPECT_EQ(refused.error().retry_after, seconds{7});
}

TEST_F(ReadAllowanceTest, ArmsOwnCountLowersOurs) {
  reads.saw_remaining(30);
  EXPECT_EQ(take_all(), 5) << "down to the reserve of 25";
  reads.saw_remaining(0);
  EXPECT_EQ(until_ready(), milliseconds{1'040}) << "25 for the reserve, and one";
  reads.saw_remaining(-5);
  EXPECT_EQ(until_ready(), milliseconds{1'040});
}

TEST_F(ReadAllowanceTest, ArmsOwnCountNeverRaisesOurs) {
  take_all();
  for (const std::int64_t remaining : {249L, 250L, 11'999L}) {
    reads.saw_remaining(remaining);
    EXPECT_EQ(until_ready(), milliseconds{40}) << remaining;
  }
  reads.pause(seconds{7});
  reads.saw_remaining(249);
  EXPECT_EQ(until_ready(), milliseconds{7'040});
}

TEST_F(ReadAllowanceTest, ABurstAboveArmsBucketDoesNotStopReads) {
  for (const std::int64_t burst : {251, 1'000, 12'000, 100'000}) {
    ReadAllowance large("s", "default", {.burst = burst}, clock, nullptr);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(large.take(at_once())) << burst << ", read " << i;
      large.saw_remaining(249);
    }
  }
}

TEST_F(ReadAllowanceTest, ABurstAboveArmsBucketStillEndsAtTheReserve) {
  ReadAllowance large("s", "default", {.burst = 12'000}, clock, nullptr);
  std::int64_t remaining = 250;
  while (large.take(at_once())) {
    ASSERT_GT(remaining, 0) << "Azure would have refused";
    large.saw_remaining(--remaining);
  }
  EXPECT_EQ(remaining, 25);
  EXPECT_EQ(large.ready_at(), clock.steady_now() + milliseconds{40});
  large.saw_remaining(0);
  EXPECT_EQ(large.ready_at(), clock.steady_now() + milliseconds{1'040}) << "others took the rest";
  large.saw_remaining(249);
  EXPECT_EQ(large.ready_at(), clock.steady_now() + milliseconds{1'040}) << "what ARM says raises nothing";
}

TEST_F(ReadAllowanceTest, ALargeBurstFollowsACountOfTheOldKind) {
  ReadAllowance large("s", "default", {.burst = 12'000}, clock, nullptr);
  large.saw_remaining(11'999);
  EXPECT_LE(large.ready_at(11'900), clock.steady_now());
  large.saw_remaining(5'000);
  EXPECT_LE(large.ready_at(4'974), clock.steady_now());
  EXPECT_GT(large.ready_at(4'975), clock.steady_now());
}

TEST_F(ReadAllowanceTest, ACountOfTheOldKindChangesNothing) {
  reads.saw_remaining(11'999);
  EXPECT_EQ(take_all(), 225);
}

TEST(ReadAllowances, AreOneForEachSubscriptionAndCredential) {
  const FakeClock clock;
  ReadAllowances all({.burst = 10, .per_second = 1}, clock, nullptr);
  ReadAllowance& one = all.of("ABC-1", "default");
  EXPECT_EQ(&all.of("abc-1", "default"), &one);
  EXPECT_NE(&all.of("abc-1", "other"), &one);
  EXPECT_NE(&all.of("abc-2", "default"), &one);
  one.pause(seconds{7});
  EXPECT_TRUE(all.of("abc-1", "other").take({}));
  EXPECT_FALSE(all.of("abc-1", "default").take({}));
}

}  // namespace
}  // namespace iothub

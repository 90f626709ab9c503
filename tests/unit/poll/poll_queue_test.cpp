#include "poll/poll_queue.hpp"

#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/scripted_credential.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class PollQueueTest : public testing::Test {
 protected:
  PollQueueTest() { EXPECT_TRUE(token.token({})); }

  // In seconds from the start.
  [[nodiscard]] SteadyTime at(int time) const { return start + seconds{time}; }
  [[nodiscard]] PollQueue::Entry due(int time, int budget = 60) const {
    return {.at = at(time), .give_up_at = at(time + budget)};
  }
  std::optional<std::size_t> take() { return queue.take(clock.steady_now()); }
  [[nodiscard]] SteadyTime next_change() const { return queue.next_change(clock.steady_now()); }
  void empty(ReadAllowance& reads) const {
    while (reads.take({.deadline = clock.steady_now(), .stop = {}})) {
    }
  }

  FakeClock clock;
  SteadyTime start = clock.steady_now();
  ReadAllowance one{"s-1", "default", {}, clock, nullptr};
  ReadAllowance two{"s-2", "default", {}, clock, nullptr};
  TokenCache token{"default", std::make_unique<ScriptedCredential>(), clock, nullptr};
  TokenCache no_token{"other", std::make_unique<ScriptedCredential>(), clock, nullptr};
  PollQueue queue{4};
};

TEST_F(PollQueueTest, GivesHubsInTheOrderInWhichTheyAreDue) {
  queue.add(one, token, due(2));
  queue.add(two, token, due(1));
  queue.add(one, token, due(5));
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(next_change(), at(1));
  clock.advance(seconds{2});
  EXPECT_EQ(take(), 1U);
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(next_change(), at(5));
  EXPECT_EQ(queue.under_way().size(), 2U);
  queue.put_back(1, due(3));
  EXPECT_EQ(next_change(), at(3));
  EXPECT_EQ(queue.under_way().size(), 1U);
}

TEST_F(PollQueueTest, APauseHoldsTheHubsOfOneSubscriptionOnly) {
  queue.add(one, token, due(0));
  queue.add(two, token, due(0));
  one.pause(seconds{7});
  EXPECT_EQ(take(), 1U);
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(next_change(), at(7) + milliseconds{40});
  clock.advance(milliseconds{7'040});
  EXPECT_EQ(take(), 0U);
}

TEST_F(PollQueueTest, APollBeginsWhenThereIsAReadForItBeyondOneForEachUnderWay) {
  for (int hub = 0; hub < 3; ++hub) {
    queue.add(one, token, due(0));
  }
  empty(one);
  EXPECT_EQ(take(), std::nullopt);
  clock.advance(milliseconds{40});
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(take(), std::nullopt) << "the one read is for the first";
  EXPECT_EQ(next_change(), start + milliseconds{80});
  clock.advance(milliseconds{40});
  EXPECT_EQ(take(), 1U);
  queue.put_back(0, due(60));
  EXPECT_EQ(take(), 2U) << "the first one did not use its read";
}

TEST_F(PollQueueTest, APollThatWasThrottledComesBehindThoseWhoWaitedMeanwhile) {
  queue.add(one, token, due(0));
  queue.add(one, token, due(3));
  EXPECT_EQ(take(), 0U);
  one.pause(seconds{7});
  queue.put_back(0, {.at = one.paused_until(), .give_up_at = at(60)});
  clock.advance(seconds{8});
  EXPECT_EQ(take(), 1U);
  EXPECT_EQ(take(), 0U);
}

TEST_F(PollQueueTest, APollForWhichThePauseIsTooLongIsLetGoAtOnce) {
  queue.add(one, token, due(0, 60));
  queue.add(one, token, due(0, 30));
  one.pause(seconds{40});
  EXPECT_EQ(take(), 1U);
  EXPECT_EQ(take(), std::nullopt);
  clock.advance(seconds{35});
  one.pause(seconds{40});
  EXPECT_EQ(take(), 0U) << "a pause may grow while a hub waits";
}

TEST_F(PollQueueTest, HubsThatHangHaveHalfOfTheThreads) {
  for (int hub = 0; hub < 4; ++hub) {
    queue.add(one, token, due(0));
    EXPECT_EQ(take(), static_cast<std::size_t>(hub));
  }
  for (std::size_t hub = 0; hub < 4; ++hub) {
    queue.put_back(hub, {.at = at(1), .give_up_at = at(61), .hangs = hub != 3});
  }
  clock.advance(seconds{1});
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(take(), 1U);
  EXPECT_EQ(take(), 3U) << "the third one that hangs has to wait";
  EXPECT_EQ(take(), std::nullopt);
  queue.put_back(1, due(60));
  EXPECT_EQ(take(), 2U);
}

TEST_F(PollQueueTest, KnowsSinceWhenAPollWaitsForAThread) {
  queue.add(one, token, due(1));
  queue.add(two, token, due(2));
  EXPECT_EQ(queue.waiting_since(at(1)), std::nullopt);
  EXPECT_EQ(queue.waiting_since(at(5)), at(1)) << "nobody has looked since";
  clock.advance(seconds{5});
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(queue.waiting_since(at(5)), at(2)) << "it stands in its line";
}

TEST_F(PollQueueTest, WhoeverHasToWaitForArmIsNotLate) {
  queue.add(one, token, due(0, 3'600));
  one.pause(minutes{30});
  clock.advance(minutes{10});
  EXPECT_EQ(queue.waiting_since(clock.steady_now()), std::nullopt);
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(queue.waiting_since(clock.steady_now()), std::nullopt);
  clock.advance(minutes{21});
  EXPECT_EQ(queue.waiting_since(clock.steady_now()), start + minutes{30}) << "counted from the pause's end";
}

TEST_F(PollQueueTest, OneHubFetchesATokenAndTheOthersOfItsCredentialHoldNoThread) {
  queue.add(two, no_token, due(0));
  queue.add(two, no_token, due(0));
  queue.add(one, token, due(0));
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(take(), 2U) << "another credential goes on";
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_EQ(next_change(), at(0) + milliseconds{100});
  EXPECT_TRUE(no_token.token({}));  // the first poll got one
  EXPECT_EQ(take(), 1U);
}

TEST_F(PollQueueTest, WithoutATokenHubsTakeTurns) {
  queue.add(two, no_token, due(0));
  queue.add(two, no_token, due(0));
  EXPECT_EQ(take(), 0U);
  EXPECT_EQ(take(), std::nullopt);
  queue.put_back(0, due(60));  // it failed
  EXPECT_EQ(take(), 1U);
}

TEST_F(PollQueueTest, AHubThatGivesUpDoesNotWaitForATokenWithAThreadEither) {
  queue.add(two, no_token, due(0));
  queue.add(two, no_token, due(0));
  EXPECT_EQ(take(), 0U);
  two.pause(minutes{60});
  EXPECT_EQ(take(), std::nullopt);
  EXPECT_TRUE(no_token.token({}));
  EXPECT_EQ(take(), 1U);
}

}  // namespace
}  // namespace iothub

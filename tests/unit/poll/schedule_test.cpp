#include "poll/schedule.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const SteadyTime kStart{std::chrono::hours{1000}};

FinishedPoll took(SteadyTime began, milliseconds duration, std::optional<seconds> retry_after = {}) {
  return {.began = began, .ended = began + duration, .retry_after = retry_after};
}

TEST(Schedule, APhaseDependsOnTheResourceIdAloneAndNotOnItsCase) {
  const HubId hub{
      .subscription_id = "91D12660-3dec-467a-be2a-213b5544ddc0", .resource_group = "RG", .name = "Hub"};
  const HubId same{
      .subscription_id = "91d12660-3dec-467a-be2a-213b5544ddc0", .resource_group = "rg", .name = "hub"};
  EXPECT_EQ(phase_of(hub), phase_of(same));
  EXPECT_DOUBLE_EQ(phase_of(hub), 0.69299169579889819) << "must not change from one build to the next";
}

TEST(Schedule, PhasesOfManyHubsSpreadEvenly) {
  std::array<int, 10> tenths{};
  for (int i = 0; i < 1'000; ++i) {
    const double phase =
        phase_of({.subscription_id = "s", .resource_group = "g", .name = "hub-" + std::to_string(i)});
    ASSERT_GE(phase, 0);
    ASSERT_LT(phase, 1);
    ++tenths.at(static_cast<std::size_t>(phase * 10));
  }
  for (const int count : tenths) {
    EXPECT_GT(count, 60);
    EXPECT_LT(count, 140);
  }
}

TEST(Schedule, TheFirstPollOfOneHubIsAtOnce) {
  EXPECT_EQ(first_due(kStart, 0.9, 1, minutes{1}), kStart);
}

TEST(Schedule, TheFirstPollsOfManyHubsAreTenASecondButNoLaterThanAnInterval) {
  EXPECT_EQ(first_due(kStart, 0.5, 101, minutes{1}), kStart + seconds{5});
  EXPECT_EQ(first_due(kStart, 0.5, 100'000, minutes{1}), kStart + seconds{30});
}

TEST(Schedule, PollsAreOnTheGridOfTheInterval) {
  SteadyTime began = kStart;
  for (int i = 0; i < 5; ++i) {
    const SteadyTime due = next_due(kStart, 0.25, minutes{1}, took(began, seconds{2}));
    EXPECT_EQ((due - kStart) % minutes{1}, seconds{15});
    began = due;
  }
  EXPECT_EQ(began, kStart + minutes{5} + seconds{15})
      << "the point 15 s after the first poll was too close to it";
}

TEST(Schedule, MissedPointsAreNotMadeUp) {
  EXPECT_EQ(next_due(kStart, 0, minutes{1}, took(kStart + minutes{1}, minutes{10})), kStart + minutes{12});
}

TEST(Schedule, AChangeOfTheIntervalKeepsThePhase) {
  EXPECT_EQ(next_due(kStart, 0.5, seconds{10}, took(kStart + minutes{5}, seconds{1})),
            kStart + minutes{5} + seconds{15});
}

TEST(Schedule, WhatArmAskedForComesFirst) {
  EXPECT_EQ(next_due(kStart, 0, seconds{10}, took(kStart, seconds{1}, seconds{40})), kStart + seconds{41});
  EXPECT_EQ(next_due(kStart, 0, minutes{1}, took(kStart, seconds{1}, seconds{7})), kStart + minutes{1});
}

}  // namespace
}  // namespace iothub

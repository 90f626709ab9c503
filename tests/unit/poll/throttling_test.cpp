// Many hubs in two subscriptions, on real pollers and threads against an ARM that counts, in simulated time:
// it moves from one moment for which a thread waits to the next, once all of them sleep.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "poll/schedule.hpp"
#include "poll/scheduler.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_log.hpp"
#include "support/scripted_credential.hpp"
#include "support/strict_arm.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Each;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr milliseconds kLatency{120};
constexpr std::size_t kThreads = 8;
constexpr minutes kInterval{1};
constexpr milliseconds kOnTime{250};  // how late a poll may begin that nothing holds up

class ThrottlingTest : public testing::Test {
 protected:
  explicit ThrottlingTest(ReadAllowanceOptions options = {}) : limits(options) {}

  // Adds hubs named `prefix`-0 and so on.
  void add_hubs(int count, const std::string& subscription, const std::string& credential = "default") {
    for (int i = 0; i < count; ++i) {
      HubOptions hub;
      hub.id = {.subscription_id = subscription,
                .resource_group = "g",
                .name = subscription + "-" + credential + "-" + std::to_string(i)};
      hub.credential = credential;
      hub.interval = kInterval;
      const ArmCaller caller{.token = token(credential), .reads = reads.of(subscription, credential)};
      pollers.push_back(
          std::make_unique<HubPoller>(hub, PollOptions{}, client, caller, fleet, ledger, clock));
    }
  }

  void start() {
    began = clock.steady_now();
    scheduler = std::make_unique<Scheduler>(std::move(pollers), kThreads, clock, log, nullptr);
    scheduler->start();
    clock.wait_until_asleep(kThreads);
  }

  void run_for(SteadyTime::duration time) {
    const SteadyTime end = clock.steady_now() + time;
    while (clock.next_deadline() <= end) {
      clock.advance_to_next_deadline();
      clock.wait_until_asleep(kThreads);
      longest_lag = std::max(longest_lag, scheduler->lag());
      EXPECT_EQ(scheduler->stalled(), std::nullopt);
    }
    clock.advance(std::chrono::duration_cast<std::chrono::microseconds>(end - clock.steady_now()));
    clock.wait_until_asleep(kThreads);
  }

  // When requests went to the subscription, from `from` on.
  [[nodiscard]] std::vector<SteadyTime> times(const std::string& subscription, SteadyTime from) const {
    std::vector<SteadyTime> found;
    for (const StrictArm::Request& request : arm.requests()) {
      if (request.subscription == subscription && request.at >= from) {
        found.push_back(request.at);
      }
    }
    return found;
  }

  [[nodiscard]] static std::size_t most_in_a_second(const std::vector<SteadyTime>& times) {
    std::ptrdiff_t most = 0;
    for (auto last = times.begin(); last != times.end(); ++last) {
      most = std::max(most, last + 1 - std::lower_bound(times.begin(), last, *last - seconds{1}));
    }
    return static_cast<std::size_t>(most);
  }

  // The hubs of the subscription that were once not polled when they were due, after their first poll.
  [[nodiscard]] std::vector<std::string> hubs_that_were_late(const std::string& subscription) const {
    std::map<std::string, std::vector<SteadyTime>> polls;
    for (const StrictArm::Request& request : arm.requests()) {
      if (request.subscription == subscription && request.is_poll) {
        polls[request.hub].push_back(request.at);
      }
    }
    std::vector<std::string> late;
    for (const auto& [hub, at] : polls) {
      const HubId id{.subscription_id = subscription, .resource_group = "g", .name = hub};
      const auto phase = std::chrono::duration_cast<milliseconds>(kInterval * phase_of(id));
      const bool on_time = std::all_of(at.begin() + 1, at.end(), [&](SteadyTime time) {
        return (time - began - phase) % kInterval < kOnTime;
      });
      const auto minutes_passed = static_cast<std::size_t>((clock.steady_now() - began) / kInterval);
      if (!on_time || at.size() < minutes_passed) {
        late.push_back(hub);
      }
    }
    return late;
  }

  // Polls of the subscription's hubs that failed, and hubs whose last poll did.
  [[nodiscard]] std::pair<std::uint64_t, int> failures(const std::string& subscription) const {
    std::uint64_t failed = 0;
    int down = 0;
    for (const auto& hub : fleet.view().hubs) {
      if (hub->id.subscription_id == subscription) {
        failed += hub->polls.errors.at(poll_error_index(ErrorKind::throttled));
        down += hub->polls.up == true ? 0 : 1;
      }
    }
    return {failed, down};
  }

  // How many hubs of the subscription got an answer to a poll that began at `from` or later.
  [[nodiscard]] std::size_t hubs_answered(const std::string& subscription, SteadyTime from) const {
    std::set<std::string> hubs;
    for (const StrictArm::Request& request : arm.requests()) {
      if (request.subscription == subscription && request.is_poll && !request.refused && request.at >= from) {
        hubs.insert(request.hub);
      }
    }
    return hubs.size();
  }

  [[nodiscard]] bool asked_before_it_might() const {
    return std::ranges::any_of(arm.requests(), [](const auto& request) { return request.too_early; });
  }

  const ReadAllowanceOptions limits;
  FakeClock clock;
  FakeLog log;
  StrictArm arm{clock, kLatency, static_cast<double>(limits.burst), limits.per_second};
  Fleet fleet;
  Ledger ledger;
  std::vector<std::string> pauses;
  ReadAllowances reads{limits, clock, [this](const ReadPause& pause) {
                         pauses.push_back(pause.subscription_id + " " + pause.credential);
                       }};
  ArmClient client{
      {.resource_manager_endpoint = "https://arm.example", .authority_host = {}, .scope = {}}, arm, nullptr};
  std::map<std::string, std::unique_ptr<TokenCache>> tokens;
  std::vector<std::unique_ptr<HubPoller>> pollers;
  SteadyTime began;
  std::chrono::duration<double> longest_lag{0};
  std::unique_ptr<Scheduler> scheduler;

 private:
  TokenCache& token(const std::string& credential) {
    auto& cache = tokens[credential];
    if (!cache) {
      auto scripted = std::make_unique<ScriptedCredential>();
      scripted->will_give(credential, std::chrono::hours{24});
      cache = std::make_unique<TokenCache>(credential, std::move(scripted), clock, nullptr);
    }
    return *cache;
  }
};

TEST_F(ThrottlingTest, OneSubscriptionThatIsThrottledWaitsAndTheOtherGoesOn) {
  add_hubs(100, "s-1");
  add_hubs(100, "s-2");
  start();
  run_for(seconds{90});
  ASSERT_THAT(unpolled_hubs(fleet.view()), IsEmpty());
  ASSERT_THAT(pauses, IsEmpty());

  const SteadyTime throttled = clock.steady_now();
  arm.throttle("s-1", "default", throttled + seconds{45}, seconds{7});
  run_for(seconds{45});
  EXPECT_EQ(hubs_answered("s-1", throttled), 0U);
  EXPECT_LE(times("s-1", throttled).size(), pauses.size() * 4)
      << "each time only those that were sent before the first was refused";
  EXPECT_THAT(pauses, Each("s-1 default"));
  EXPECT_THAT(pauses, SizeIs(7)) << "one every seven seconds";
  EXPECT_FALSE(asked_before_it_might());

  run_for(seconds{16});
  EXPECT_EQ(hubs_answered("s-1", throttled), 100U) << "everybody had a turn within the minute";
  EXPECT_LE(most_in_a_second(times("s-1", throttled)), 26U) << "spread out, not sent at once";
  EXPECT_EQ(failures("s-1"), std::pair(std::uint64_t{0}, 0)) << "all within their time";

  run_for(seconds{30});  // a hub's next poll is half a minute after its last, at least
  const SteadyTime recovered = clock.steady_now();
  run_for(minutes{2});
  EXPECT_EQ(times("s-1", recovered).size(), 200U) << "and then each once a minute again";
  EXPECT_FALSE(asked_before_it_might());
  EXPECT_THAT(hubs_that_were_late("s-2"), IsEmpty());
  EXPECT_EQ(failures("s-2"), std::pair(std::uint64_t{0}, 0));
  EXPECT_LE(longest_lag, seconds{5}) << "what waited is worked off at 25 a second";
  EXPECT_LE(arm.most_at_once(), static_cast<int>(kThreads));
}

TEST_F(ThrottlingTest, APauseThatIsTooLongFailsEachPollOnceAndWithoutARequest) {
  add_hubs(100, "s-1");
  add_hubs(100, "s-2");
  start();
  run_for(seconds{90});
  const SteadyTime throttled = clock.steady_now();
  arm.throttle("s-1", "default", throttled + seconds{1}, minutes{10});
  run_for(minutes{10});
  EXPECT_LE(times("s-1", throttled).size(), 4U);
  EXPECT_EQ(failures("s-1"), std::pair(std::uint64_t{100}, 100));
  EXPECT_EQ(longest_lag.count(), 0) << "ARM's wish, not our fault";

  run_for(seconds{10});
  EXPECT_EQ(failures("s-1"), std::pair(std::uint64_t{100}, 0));
  EXPECT_LE(most_in_a_second(times("s-1", throttled)), 26U);
  EXPECT_FALSE(asked_before_it_might());
  EXPECT_THAT(hubs_that_were_late("s-2"), IsEmpty());
}

TEST_F(ThrottlingTest, AnotherCredentialOnTheSameSubscriptionIsNotPaused) {
  add_hubs(20, "s-1");
  add_hubs(20, "s-1", "other");
  start();
  run_for(seconds{90});
  const SteadyTime throttled = clock.steady_now();
  arm.throttle("s-1", "default", throttled + seconds{50}, seconds{7});
  run_for(seconds{50});
  EXPECT_THAT(pauses, Each("s-1 default"));
  EXPECT_THAT(pauses, Not(IsEmpty()));
  for (const StrictArm::Request& request : arm.requests()) {
    EXPECT_FALSE(request.refused && request.bearer != "Bearer default");
  }
  EXPECT_FALSE(asked_before_it_might());
  EXPECT_GE(hubs_answered("s-1", throttled), 15U) << "of 20 in fifty seconds";
  EXPECT_LE(hubs_answered("s-1", throttled), 20U);
}

// A subscription with more hubs than its reads suffice for.
class SmallBucketTest : public ThrottlingTest {
 protected:
  SmallBucketTest() : ThrottlingTest({.burst = 50, .per_second = 5}) {}
};

TEST_F(SmallBucketTest, ReadsSlowDownBeforeArmRefusesOneAndHoldUpNobodyElse) {
  add_hubs(550, "s-1");
  add_hubs(50, "s-2");
  start();
  run_for(minutes{4});
  EXPECT_THAT(pauses, IsEmpty());
  EXPECT_THAT(unpolled_hubs(fleet.view()), IsEmpty());
  EXPECT_GE(times("s-1", began).size(), 45U + 4 * 60 * 5 - 10) << "nothing is given away";
  EXPECT_THAT(hubs_that_were_late("s-2"), IsEmpty());
  EXPECT_GE(longest_lag, minutes{1}) << "the operator can see that the reads do not suffice";
}

}  // namespace
}  // namespace iothub

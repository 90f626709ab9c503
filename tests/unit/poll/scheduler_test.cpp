#include "poll/scheduler.hpp"

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/fake_log.hpp"
#include "support/scripted_credential.hpp"

namespace iothub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

// Real pollers on a scripted ARM; time stands still unless a test moves it.
class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() { answer_with(R"({"value":[]})"); }
  ~SchedulerTest() override = default;
  SchedulerTest(const SchedulerTest&) = delete;
  SchedulerTest& operator=(const SchedulerTest&) = delete;

  void answer_with(std::string list, int status = 200) {
    http.otherwise([=](const HttpRequest& request, const std::stop_token&) -> Result<HttpResponse> {
      return request.api == "get_hub" ? HttpResponse{200, {}, R"({"name":"x"})"}
                                      : HttpResponse{status, {}, list};
    });
  }

  void start(const std::vector<std::string>& names, std::size_t threads) {
    std::vector<std::unique_ptr<HubPoller>> pollers;
    for (const std::string& name : names) {
      HubOptions hub;
      hub.id = {.subscription_id = "s", .resource_group = "g", .name = name};
      pollers.push_back(std::make_unique<HubPoller>(hub, PollOptions{}, arm, caller, fleet, ledger, clock));
    }
    scheduler = std::make_unique<Scheduler>(std::move(pollers), threads, clock, log,
                                            [this](std::string_view member) { odd.emplace_back(member); });
    scheduler->start();
  }

  [[nodiscard]] std::uint64_t polls(std::size_t hub = 0) const {
    return fleet.view().hubs.at(hub)->polls.polls;
  }

  FakeClock clock;
  FakeLog log;
  FakeHttpClient http;
  Fleet fleet;
  Ledger ledger;
  TokenCache token{"default", std::make_unique<ScriptedCredential>(), clock, nullptr};
  ReadAllowance reads{"s", "default", {}, clock, nullptr};
  ArmCaller caller{token, reads};
  ArmClient arm{
      {.resource_manager_endpoint = "https://arm.example", .authority_host = {}, .scope = {}}, http, nullptr};
  std::vector<std::string> odd;
  std::unique_ptr<Scheduler> scheduler;
};

TEST_F(SchedulerTest, PollsAtOnceThenOnceAnInterval) {
  start({"factory"}, 8);
  clock.wait_until_asleep(1);  // one hub needs one thread
  EXPECT_EQ(polls(), 1U);
  for (int i = 0; i < 10; ++i) {
    clock.advance(minutes{1});
    clock.wait_until_asleep(1);
  }
  EXPECT_GE(polls(), 10U);
  EXPECT_LE(polls(), 11U);
}

TEST_F(SchedulerTest, PollsMoreOftenWhileAJobIsActive) {
  answer_with(R"({"value":[{"jobId":"a","status":"running"}]})");
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  for (int i = 0; i < 12; ++i) {
    clock.advance(seconds{5});
    clock.wait_until_asleep(1);
  }
  EXPECT_GE(polls(), 4U);
  EXPECT_LE(polls(), 5U);
}

TEST_F(SchedulerTest, AllHubsGetTheirTurnOnOneThread) {
  start({"a", "b", "c"}, 1);
  clock.wait_until_asleep(1);
  clock.advance(seconds{1});
  clock.wait_until_asleep(1);
  EXPECT_THAT(unpolled_hubs(fleet.view()), IsEmpty());
}

TEST_F(SchedulerTest, AHubThatHangsHoldsOneThreadOnly) {
  std::promise<void> hanging;
  http.otherwise([&](const HttpRequest& request, const std::stop_token& stop) -> Result<HttpResponse> {
    if (request.url.find("/stuck") != std::string::npos) {
      std::promise<void> stopped;
      const std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
      hanging.set_value();
      stopped.get_future().wait();
      return fail(ErrorKind::cancelled, "stopped");
    }
    return request.api == "get_hub" ? HttpResponse{200, {}, R"({"name":"x"})"}
                                    : HttpResponse{200, {}, R"({"value":[]})"};
  });
  start({"good", "stuck"}, 2);
  clock.advance(seconds{1});
  hanging.get_future().wait();
  clock.wait_until_asleep(1);
  clock.advance(minutes{1});
  clock.wait_until_asleep(1);
  EXPECT_GE(polls(0), 1U);
  EXPECT_EQ(polls(1), 0U);
  scheduler.reset();  // must not wait for the hanging one
  EXPECT_EQ(polls(1), 0U);
}

TEST_F(SchedulerTest, HubsThatHangHoldHalfOfTheThreads) {
  std::atomic<int> hanging = 0;
  std::atomic<bool> answer = true;
  std::mutex mutex;
  std::condition_variable_any changed;
  http.otherwise([&](const HttpRequest& request, const std::stop_token& stop) -> Result<HttpResponse> {
    if (request.url.find("/bad") == std::string::npos) {
      return request.api == "get_hub" ? HttpResponse{200, {}, R"({"name":"x"})"}
                                      : HttpResponse{200, {}, R"({"value":[]})"};
    }
    if (answer) {
      return fail(ErrorKind::timeout, "no answer");
    }
    std::unique_lock lock(mutex);
    ++hanging;
    changed.notify_all();
    changed.wait(lock, stop, [] { return false; });
    return fail(ErrorKind::cancelled, "stopped");
  });
  start({"bad-1", "bad-2", "bad-3", "bad-4", "bad-5", "bad-6", "good"}, 4);
  clock.advance(seconds{1});
  clock.wait_until_asleep(4);  // all were polled once, six of them timed out
  answer = false;
  clock.advance(minutes{2});
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return hanging == 2; });
  }
  clock.wait_until_asleep(2);  // the other two are free for hubs that answer
  const auto before = polls(6);
  for (int i = 0; i < 3; ++i) {
    clock.advance(minutes{1});
    clock.wait_until_asleep(2);
  }
  EXPECT_GE(polls(6), before + 3);
  EXPECT_EQ(hanging, 2);
  scheduler.reset();
}

TEST_F(SchedulerTest, LogsAFailureOnceAndItsEndOnce) {
  answer_with("", 403);
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  for (int i = 0; i < 3; ++i) {
    clock.advance(minutes{1});
    clock.wait_until_asleep(1);
  }
  answer_with(R"({"value":[]})");
  clock.advance(minutes{2});
  clock.wait_until_asleep(1);
  std::vector<std::string> told;
  for (const std::string& line : log.lines()) {
    if (!line.starts_with("debug")) {
      told.push_back(line);
    }
  }
  EXPECT_THAT(told,
              ElementsAre("warn: poll failed hub=factory reason=forbidden took=0s err=list jobs: HTTP 403",
                          "info: poll succeeds again hub=factory jobs=0 took=0s"));
}

TEST_F(SchedulerTest, CountsEveryOddValueAndLogsEachKindOnce) {
  answer_with(
      R"({"value":[{"jobId":"a","type":"new"},{"jobId":"b","type":"new"},{"jobId":"c","status":"queued"}]})");
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  scheduler.reset();
  EXPECT_THAT(odd, ElementsAre("type", "type", "status"));
  EXPECT_THAT(log.lines(),
              ElementsAre(HasSubstr("debug: polled"), HasSubstr("job_id=a value=type is \"new\""),
                          HasSubstr("job_id=c value=status is \"queued\"")));
}

TEST_F(SchedulerTest, IsLateWhenAllThreadsAreBusyAndStalledWhenThatLasts) {
  std::promise<void> hanging;
  http.otherwise([&](const HttpRequest&, const std::stop_token& stop) -> Result<HttpResponse> {
    std::promise<void> stopped;
    const std::stop_callback on_stop(stop, [&] { stopped.set_value(); });
    hanging.set_value();
    stopped.get_future().wait();
    return fail(ErrorKind::cancelled, "stopped");
  });
  start({"factory"}, 1);
  hanging.get_future().wait();
  EXPECT_EQ(scheduler->lag().count(), 0);
  clock.advance(minutes{3});
  EXPECT_EQ(scheduler->stalled(), std::nullopt) << "a poll may take a minute, and its token two";
  clock.advance(seconds{1});
  EXPECT_EQ(scheduler->stalled(), "no poll has ended for 3m1s, 1 under way");
}

TEST_F(SchedulerTest, WaitsAsLongAsArmAsked) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{429, {{"retry-after", "600"}}, ""};
  });
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  const auto asked = http.requests().size();
  clock.advance(seconds{599});
  clock.wait_until_asleep(1);
  EXPECT_THAT(http.requests(), SizeIs(asked));
  clock.advance(seconds{1});
  clock.wait_until_asleep(1);
  clock.advance_to_next_deadline();  // the first read after a pause has to flow in
  clock.wait_until_asleep(1);
  EXPECT_GT(http.requests().size(), asked);
}

TEST_F(SchedulerTest, APauseThatFitsIntoAPollIsWaitedForAndIsNoFailure) {
  answer_with("", 429);  // without Retry-After: ten seconds
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  EXPECT_EQ(polls(), 0U);
  answer_with(R"({"value":[]})");
  clock.advance(seconds{10});
  clock.wait_until_asleep(1);
  EXPECT_EQ(polls(), 0U) << "the bucket is empty after a pause";
  clock.advance_to_next_deadline();
  clock.wait_until_asleep(1);
  EXPECT_EQ(polls(), 1U);
  EXPECT_EQ(fleet.view().hubs.at(0)->polls.up, true);
  for (const std::string& line : log.lines()) {
    EXPECT_THAT(line, StartsWith("debug: ")) << "whoever makes the allowance tells of the pause";
  }
}

TEST_F(SchedulerTest, AHubWaitingForARefillHoldsNoThread) {
  reads.saw_remaining(0);
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  EXPECT_EQ(clock.next_deadline(), reads.ready_at());
  EXPECT_THAT(http.requests(), IsEmpty());
  clock.advance_to_next_deadline();
  clock.wait_until_asleep(1);
  EXPECT_THAT(http.requests(), SizeIs(1));
}

TEST_F(SchedulerTest, AnHourOfPauseFailsEachHubOnceAndIsNeitherLateNorStalled) {
  reads.pause(minutes{60});
  start({"a", "b"}, 2);
  clock.advance(seconds{1});
  clock.wait_until_asleep(2);
  EXPECT_THAT(unpolled_hubs(fleet.view()), IsEmpty()) << "ready, although nothing could be read";
  EXPECT_EQ(fleet.view().hubs.at(0)->polls.up, false);
  for (int i = 0; i < 58; ++i) {
    clock.advance(minutes{1});
    clock.wait_until_asleep(2);
    EXPECT_EQ(scheduler->lag().count(), 0);
    EXPECT_EQ(scheduler->stalled(), std::nullopt);
  }
  EXPECT_EQ(polls(0) + polls(1), 2U);
  EXPECT_THAT(http.requests(), IsEmpty());
  while (clock.steady_now() < reads.paused_until() + seconds{2}) {
    clock.advance_to_next_deadline();
    clock.wait_until_asleep(2);
  }
  EXPECT_EQ(fleet.view().hubs.at(0)->polls.up, true);
  EXPECT_EQ(fleet.view().hubs.at(1)->polls.up, true);
}

TEST_F(SchedulerTest, AHubThatIsHeldByAPauseIsNotLate) {
  start({"factory"}, 1);
  clock.wait_until_asleep(1);
  clock.advance(seconds{30});
  clock.wait_until_asleep(1);
  reads.pause(minutes{1});  // the next poll is due by its end, and may wait as long
  while (clock.steady_now() < reads.paused_until() - seconds{1}) {
    clock.advance(seconds{1});
    clock.wait_until_asleep(1);
    EXPECT_EQ(scheduler->lag().count(), 0);
    EXPECT_EQ(scheduler->stalled(), std::nullopt);
  }
  EXPECT_EQ(polls(), 1U);
  clock.advance(seconds{2});
  clock.wait_until_asleep(1);
  EXPECT_EQ(polls(), 2U);
}

TEST_F(SchedulerTest, StopsAtOnceAlthoughNobodyMovesTheClock) {
  start({"a", "b"}, 2);
  clock.wait_until_asleep(2);
  scheduler.reset();
}

}  // namespace
}  // namespace iothub

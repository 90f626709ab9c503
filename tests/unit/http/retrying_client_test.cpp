#include "http/retrying_client.hpp"

#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// Time is the clock's: whoever waits is woken by moving it to the end of the wait.
class RetryingClientTest : public testing::Test {
 protected:
  static HttpRequest request(RetryRule rule = RetryRule::service) {
    HttpRequest request;
    request.url = "https://arm.example/";
    request.api = "list_jobs";
    request.retry = rule;
    return request;
  }

  // Sends and lets time pass in steps of a tenth of a second while the client waits; returns the outcome.
  Result<HttpResponse> send(const HttpRequest& wanted) {
    const SteadyTime began = clock.steady_now();
    Result<HttpResponse> outcome = fail(ErrorKind::internal, "not asked");
    bool done = false;  // written before the last wait ends
    std::jthread sender([&] {
      outcome = client.send(wanted, {});
      std::unique_lock lock(mutex);
      done = true;
      clock.wait_until(changed, lock, SteadyTime::max(), stop.get_token(), [] { return false; });
    });
    clock.wait_until_asleep(1);
    while (!done) {
      clock.advance(milliseconds{100});
      clock.wait_until_asleep(1);
    }
    took = clock.steady_now() - began;
    stop.request_stop();
    sender.join();
    stop = std::stop_source();
    return outcome;
  }

  [[nodiscard]] std::size_t tries() const { return http.requests().size(); }

  FakeClock clock;
  FakeHttpClient http;
  double random = 1.0;  // the longest pause there is
  std::vector<std::string> retried;
  std::stop_source stop;
  std::mutex mutex;
  std::condition_variable_any changed;
  SteadyTime::duration took{};
  RetryingClient client{http,
                        clock,
                        {.patience = seconds{30}},
                        [this] { return random; },
                        [this](std::string_view api) { retried.emplace_back(api); }};
};

TEST_F(RetryingClientTest, HandsAGoodAnswerOn) {
  http.will_answer(200, "ok");
  EXPECT_EQ(send(request())->body, "ok");
  EXPECT_EQ(tries(), 1U);
  EXPECT_THAT(retried, IsEmpty());
}

class PassingFailure : public RetryingClientTest, public testing::WithParamInterface<int> {};

TEST_P(PassingFailure, IsTriedThreeTimes) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{GetParam(), {}, ""};
  });
  EXPECT_EQ(send(request())->status, GetParam());
  EXPECT_EQ(tries(), 3U);
  EXPECT_EQ(took, seconds{3});  // one second, then two
  EXPECT_THAT(retried, ElementsAre("list_jobs", "list_jobs"));
}
INSTANTIATE_TEST_SUITE_P(RetryingClientTest, PassingFailure, testing::Values(408, 429, 500, 502, 503, 504));

class LastingFailure : public RetryingClientTest, public testing::WithParamInterface<int> {};

TEST_P(LastingFailure, IsNotTriedAgain) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{GetParam(), {{"retry-after", "1"}}, ""};
  });
  EXPECT_EQ(send(request())->status, GetParam());
  EXPECT_EQ(tries(), 1U);
}
INSTANTIATE_TEST_SUITE_P(RetryingClientTest, LastingFailure,
                         testing::Values(301, 400, 401, 403, 404, 409, 410, 501, 505));

TEST_F(RetryingClientTest, TriesALostConnectionAgain) {
  http.will_fail(ErrorKind::network, "reset");
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request()));
  EXPECT_EQ(tries(), 2U);
}

TEST_F(RetryingClientTest, DoesNotRepeatWhatTookTooLongOrCannotBeTrusted) {
  for (const ErrorKind kind : {ErrorKind::timeout, ErrorKind::tls, ErrorKind::bad_response,
                               ErrorKind::bad_config, ErrorKind::cancelled}) {
    http.will_fail(kind, "no");
    EXPECT_EQ(send(request()).error().kind, kind);
  }
  EXPECT_EQ(tries(), 5U);
}

TEST_F(RetryingClientTest, SpreadsTheTriesOfManyClientsAtRandom) {
  random = 0.3;
  http.will_answer(500, "");
  http.will_answer(500, "");
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request()));
  EXPECT_EQ(took, milliseconds{900});  // 0.3 of one second, then of two
}

TEST_F(RetryingClientTest, WaitsAsLongAsTheServerAsks) {
  http.will_answer(503, "", {{"retry-after", "7"}});
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request()));
  EXPECT_EQ(took, seconds{7});
}

TEST_F(RetryingClientTest, WaitsUntilADateByTheServersClock) {
  http.will_answer(
      503, "", {{"date", "Mon, 23 Nov 2020 10:00:00 GMT"}, {"retry-after", "Mon, 23 Nov 2020 10:00:04 GMT"}});
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request()));
  EXPECT_EQ(took, seconds{4});
}

TEST_F(RetryingClientTest, TakesZeroSecondsForOne) {
  http.will_answer(503, "", {{"retry-after", "0"}});
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request()));
  EXPECT_EQ(took, seconds{1});
}

TEST_F(RetryingClientTest, GivesUpWhenTheDeadlineComesFirst) {
  HttpRequest wanted = request();
  wanted.deadline = clock.steady_now() + seconds{7};
  http.will_answer(503, "", {{"retry-after", "7"}});
  EXPECT_EQ(send(wanted)->status, 503);
  EXPECT_EQ(tries(), 1U);
  EXPECT_EQ(took, seconds{0});
}

TEST_F(RetryingClientTest, GivesUpWhenItsPatienceEndsFirst) {
  http.will_answer(503, "", {{"retry-after", "31"}});
  EXPECT_EQ(send(request())->status, 503);
  EXPECT_EQ(tries(), 1U);
}

TEST_F(RetryingClientTest, LeavesThrottlingToCallersWhoShareIt) {
  http.will_answer(429, "", {{"retry-after", "1"}});
  EXPECT_EQ(send(request(RetryRule::service_but_throttling))->status, 429);
  EXPECT_EQ(tries(), 1U);
  http.will_answer(500, "");
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request(RetryRule::service_but_throttling)));
  EXPECT_EQ(tries(), 3U);
}

TEST_F(RetryingClientTest, TriesNothingAgainForWhoeverWantsNoRetry) {
  http.will_answer(503, "");
  EXPECT_EQ(send(request(RetryRule::never))->status, 503);
  http.will_fail(ErrorKind::network, "reset");
  EXPECT_FALSE(send(request(RetryRule::never)));
  EXPECT_EQ(tries(), 2U);
}

class IdentityService : public RetryingClientTest, public testing::WithParamInterface<int> {};

TEST_P(IdentityService, IsAskedThreeTimes) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{GetParam(), {}, ""};
  });
  random = 0;
  EXPECT_EQ(send(request(RetryRule::identity_service))->status, GetParam());
  EXPECT_EQ(tries(), 3U);
  EXPECT_EQ(took, seconds{3});  // whole pauses: no other machine asks it
}
INSTANTIATE_TEST_SUITE_P(RetryingClientTest, IdentityService, testing::Values(404, 408, 429, 500, 501, 503));

TEST_F(RetryingClientTest, WaitsForAnIdentityServiceThatIsBeingUpdated) {
  for (int i = 0; i < 6; ++i) {
    http.will_answer(410, "");
  }
  http.will_answer(200, "ok");
  EXPECT_TRUE(send(request(RetryRule::identity_service)));
  EXPECT_EQ(took, seconds{60});
}

TEST_F(RetryingClientTest, AsksAnUpdatedIdentityServiceAtMostSevenTimes) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{410, {}, ""};
  });
  EXPECT_EQ(send(request(RetryRule::identity_service))->status, 410);
  EXPECT_EQ(tries(), 7U);
}

TEST_F(RetryingClientTest, NeverRepeatsWhatAnIdentityServiceRefuses) {
  for (const int status : {400, 401, 403}) {
    http.will_answer(status, "");
    EXPECT_EQ(send(request(RetryRule::identity_service))->status, status);
  }
  EXPECT_EQ(tries(), 3U);
}

TEST_F(RetryingClientTest, AStopEndsAWaitAtOnce) {
  http.will_answer(503, "", {{"retry-after", "20"}});
  Result<HttpResponse> outcome = fail(ErrorKind::internal, "not asked");
  std::jthread sender([&] { outcome = client.send(request(), stop.get_token()); });
  clock.wait_until_asleep(1);
  stop.request_stop();
  sender.join();
  EXPECT_EQ(outcome.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(tries(), 1U);
  EXPECT_THAT(retried, IsEmpty());
}

}  // namespace
}  // namespace iothub

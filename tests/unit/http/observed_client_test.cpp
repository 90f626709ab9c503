#include "http/observed_client.hpp"

#include <array>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

class ObservedClientTest : public testing::Test {
 protected:
  static HttpRequest request() {
    HttpRequest request;
    request.url = "https://hub.example/";
    request.api = "list_jobs";
    return request;
  }

  // The skew that is told when an answer takes three seconds and has this Date, counted from the asking.
  std::optional<seconds> skew_of(seconds date, bool is_local_service = false) {
    const auto then = std::chrono::floor<seconds>(clock_.wall_now() + date);
    const std::time_t time = std::chrono::system_clock::to_time_t(then);
    std::array<char, 64> text{};
    std::tm parts{};
    static_cast<void>(
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&time, &parts)));
    inner_.will_answer([this, text](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
      clock_.advance(seconds{3});
      return HttpResponse{200, {{"date", text.data()}}, ""};
    });
    HttpRequest wanted = request();
    wanted.is_local_service = is_local_service;
    static_cast<void>(client_.send(wanted, {}));
    return skew_;
  }

  FakeClock clock_;
  FakeHttpClient inner_;
  std::optional<seconds> skew_;
  std::vector<std::string> seen_;
  ObservedClient client_{inner_, clock_, [this](const RequestObservation& seen) {
                           skew_ = seen.clock_skew;
                           seen_.push_back(std::string(seen.api) + " " + std::string(seen.code) + " " +
                                           std::to_string(static_cast<int>(seen.took.count())) + "s");
                         }};
};

TEST_F(ObservedClientTest, TellsStatusAndDurationOfAnAnswer) {
  inner_.will_answer([this](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    clock_.advance(seconds{3});
    return HttpResponse{429, {}, "slow down"};
  });
  const auto response = client_.send(request(), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "slow down");
  EXPECT_THAT(seen_, ElementsAre("list_jobs 429 3s"));
}

TEST_F(ObservedClientTest, TellsTheKindOfAnError) {
  inner_.will_fail(ErrorKind::tls, "the certificate has expired");
  const auto response = client_.send(request(), {});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().message, "the certificate has expired");
  EXPECT_THAT(seen_, ElementsAre("list_jobs tls 0s"));
}

TEST_F(ObservedClientTest, TellsHowFarTheClockIsFromTheServers) {
  EXPECT_EQ(skew_of(seconds{0}), seconds{0});
  EXPECT_EQ(skew_of(seconds{3}), seconds{0});  // written while it was under way
  EXPECT_EQ(skew_of(seconds{-90}), seconds{90});
  EXPECT_EQ(skew_of(seconds{93}), seconds{-90});
}

TEST_F(ObservedClientTest, TellsNoSkewWithoutADateOrOfThisMachine) {
  inner_.will_answer(200, "");
  static_cast<void>(client_.send(request(), {}));
  EXPECT_EQ(skew_, std::nullopt);
  EXPECT_EQ(skew_of(seconds{-90}, /*is_local_service=*/true), std::nullopt);
}

TEST_F(ObservedClientTest, PassesRequestAndStopOn) {
  std::stop_source stop;
  std::stop_token passed;
  inner_.will_answer([&](const HttpRequest&, const std::stop_token& token) -> Result<HttpResponse> {
    passed = token;
    return HttpResponse{};
  });
  EXPECT_TRUE(client_.send(request(), stop.get_token()));
  EXPECT_EQ(passed, stop.get_token());
  EXPECT_EQ(inner_.requests().at(0).url, "https://hub.example/");
}

}  // namespace
}  // namespace iothub

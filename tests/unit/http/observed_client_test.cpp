#include "http/observed_client.hpp"

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

  FakeClock clock_;
  FakeHttpClient inner_;
  std::vector<std::string> seen_;
  ObservedClient client_{inner_, clock_, [this](const RequestObservation& seen) {
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

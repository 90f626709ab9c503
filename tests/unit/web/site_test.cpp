#include "web/site.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace iothub {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SiteTest : public testing::Test {
 protected:
  void publish(std::string name, std::optional<bool> up) {
    auto hub = std::make_shared<HubSnapshot>();
    hub->id.name = std::move(name);
    hub->polls.up = up;
    hub->polls.polls = up ? 1 : 0;
    if (up == true) {
      auto jobs = std::make_shared<HubJobs>();
      jobs->jobs.resize(2);
      jobs->jobs[0].status = JobStatus::failed;
      jobs->jobs[1].status = JobStatus::failed;
      hub->jobs = jobs;
      hub->polls.last_success_tick = clock.steady_now();
    }
    fleet.publish(hub);
  }

  HttpServerResponse get(std::string path, std::string method = "GET",
                         std::vector<std::pair<std::string, std::string>> headers = {}) {
    return site.answer(
        {.method = std::move(method), .path = std::move(path), .query = {}, .headers = std::move(headers)});
  }

  static std::string text(const HttpServerResponse& response) {
    std::string all;
    for (const BodyPart& part : response.body) {
      all += *part;
    }
    return all;
  }

  FakeClock clock;
  Fleet fleet;
  std::optional<std::string> sick;
  std::vector<std::string> served;
  Site site{
      {.telemetry_path = "/metrics", .version = "1.2.3"},
      {.metrics =
           [](Format format, Encoding encoding) {
             return std::vector<BodyPart>{
                 std::make_shared<const std::string>(format == Format::openmetrics ? "o 1\n" : "a 1\n"),
                 std::make_shared<const std::string>(encoding == Encoding::gzip ? "z 2\n" : "b 2\n")};
           },
       .why_unhealthy = [this] { return sick; },
       .served = [this](std::string_view handler,
                        int code) { served.push_back(std::string(handler) + " " + std::to_string(code)); }},
      fleet,
      clock};
};

TEST_F(SiteTest, ServesTheMetricsAsTextFormat) {
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(text(response), "a 1\nb 2\n");
}

TEST_F(SiteTest, ServesEachClientTheFormatAndEncodingThatItPrefers) {
  const auto response = get("/metrics", "GET",
                            {{"accept", "text/plain;q=0.5"},
                             {"accept-encoding", "deflate, gzip"},
                             {"accept", "application/openmetrics-text;version=1.0.0"}});
  EXPECT_EQ(text(response), "o 1\nz 2\n");
  EXPECT_EQ(response.content_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_THAT(response.headers,
              testing::UnorderedElementsAre(testing::Pair("Vary", "Accept, Accept-Encoding"),
                                            testing::Pair("Content-Encoding", "gzip")));
  EXPECT_EQ(text(get("/metrics", "HEAD", {{"accept-encoding", "gzip"}})), "a 1\nz 2\n")
      << "and as long as GET's";
  EXPECT_EQ(get("/metrics", "GET", {{"accept", "image/png"}, {"accept-encoding", "identity;q=0"}}).status,
            200);
  EXPECT_THAT(get("/metrics").headers, ElementsAre(testing::Pair("Vary", "Accept, Accept-Encoding")));
}

TEST_F(SiteTest, IsHealthyUnlessPollingIsNot) {
  EXPECT_EQ(get("/-/healthy").status, 200);
  sick = "no poll has ended for 5m";
  EXPECT_EQ(get("/-/healthy").status, 503);
  EXPECT_EQ(text(get("/-/healthy")), "unhealthy: no poll has ended for 5m\n");
}

TEST_F(SiteTest, IsReadyOnceEveryHubWasPolledOrFailed) {
  publish("good", true);
  publish("late", std::nullopt);
  EXPECT_EQ(get("/-/ready").status, 503);
  EXPECT_EQ(text(get("/-/ready")), "not ready: hubs that were not polled yet: 1\nlate\n");
  publish("late", false);
  EXPECT_EQ(get("/-/ready").status, 200);
}

TEST_F(SiteTest, TheIndexShowsTheHubsAndEscapesTheirNames) {
  publish("<b>&\"", std::nullopt);
  publish("good", true);
  publish("sick", false);
  clock.advance(std::chrono::seconds{90});
  const auto response = get("/");
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(text(response),
              AllOf(HasSubstr("&lt;b&gt;&amp;&quot;"), Not(HasSubstr("<b>")), HasSubstr("Version 1.2.3"),
                    HasSubstr("href=\"/metrics\""), HasSubstr("1m30s ago"), HasSubstr("last poll failed"),
                    HasSubstr("not polled yet"), HasSubstr("<td class=\"number\">2</td></tr>")));
  EXPECT_THAT(response.headers,
              testing::Contains(testing::Pair("Content-Security-Policy", HasSubstr("default-src 'none'"))));
}

TEST_F(SiteTest, TheIndexShowsNoJobsThatAreTooOld) {
  publish("good", true);
  clock.advance(std::chrono::minutes{16});
  EXPECT_THAT(text(get("/")), AllOf(HasSubstr("16m ago"), HasSubstr("<td class=\"number\">–</td></tr>")));
}

TEST_F(SiteTest, RefusesWhatItDoesNotKnowAndNeverNamesItInAMetric) {
  EXPECT_EQ(get("/metrics/../etc").status, 404);
  EXPECT_EQ(get("/metrics", "POST").status, 405);
  EXPECT_THAT(get("/metrics", "POST").headers, testing::Contains(testing::Pair("Allow", "GET, HEAD")));
  EXPECT_EQ(get("/metrics", "HEAD").status, 200);
  EXPECT_THAT(served, ElementsAre("unknown 404", "metrics 405", "metrics 405", "metrics 200"));
}

TEST(TelemetryPath, MustBeAPlainPathThatIsStillFree) {
  for (const auto* path : {"/metrics", "/a/b-c_d.e~"}) {
    EXPECT_TRUE(check_telemetry_path(path)) << path;
  }
  for (const auto* path :
       {"", "/", "metrics", "/a b", "/a?b", "/a%20", "/-/ready", "/-/healthy", "/\xC3\xA4"}) {
    EXPECT_FALSE(check_telemetry_path(path)) << path;
  }
}

}  // namespace
}  // namespace iothub

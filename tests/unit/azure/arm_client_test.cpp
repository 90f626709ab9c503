#include "azure/arm_client.hpp"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/scripted_credential.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto* kOrigin = "https://management.example";

class ArmClientTest : public testing::Test {
 protected:
  std::unique_ptr<Credential> make_credential() {
    auto owned = std::make_unique<ScriptedCredential>();
    credential = owned.get();
    return owned;
  }

  std::string list_error() {
    const auto list = arm.list_jobs(hub, caller, {});
    return list ? "" : list.error().message;
  }

  FakeClock clock;
  FakeHttpClient http;
  ScriptedCredential* credential = nullptr;
  TokenCache token{"default", make_credential(), clock, nullptr};
  ReadAllowance reads{"s-1", "default", {}, clock, nullptr};
  ArmCaller caller{token, reads};
  std::vector<QuotaReading> quota;
  ArmClient arm{{.resource_manager_endpoint = kOrigin, .authority_host = {}, .scope = {}},
                http,
                [this](const QuotaReading& reading) { quota.push_back(reading); }};
  HubId hub{.subscription_id = "s-1", .resource_group = "my (group)", .name = "factory"};
};

TEST_F(ArmClientTest, AsksForAJobByItsFullPath) {
  http.will_answer(200, R"({"jobId":"a","type":"export","status":"running"})");
  const auto job = arm.get_job(hub, "a/b c", caller, {});
  ASSERT_TRUE(job) << job.error().message;
  ASSERT_TRUE(job->has_value());
  EXPECT_EQ((*job)->job.status, JobStatus::running);
  EXPECT_EQ((*job)->job.id, "a/b c") << "what was asked for, whatever the answer calls it";
  const auto request = http.requests().at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://management.example/subscriptions/s-1/resourceGroups/my%20%28group%29/providers/"
            "Microsoft.Devices/IotHubs/factory/jobs/a%2Fb%20c?api-version=2023-06-30");
  EXPECT_EQ(request.headers.at("authorization"), "Bearer token-1");
  EXPECT_EQ(request.api, "get_job");
}

TEST_F(ArmClientTest, TellsAMissingJobFromAMissingHub) {
  http.will_answer(404,
                   R"({"code":404011,"httpStatusCode":"NotFound","message":"Job not found with ID 'a'."})");
  const auto job = arm.get_job(hub, "a", caller, {});
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_FALSE(job->has_value());
  http.will_answer(404, R"({"error":{"code":"ResourceNotFound","message":"no hub"}})");
  const auto failed = arm.get_job(hub, "a", caller, {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::not_found);
  EXPECT_EQ(failed.error().message, "get job a: HTTP 404 ResourceNotFound: no hub");
}

TEST_F(ArmClientTest, FollowsTheLinksOfAListAsTheyAre) {
  const std::string next = std::string(kOrigin) + "/other/path?api-version=1&$skiptoken=x%2Fy";
  http.will_answer(200, R"({"value":[{"jobId":"a"}],"nextLink":")" + next + R"("})");
  http.will_answer(200, R"({"value":[{"jobId":"b","type":"new"}]})");
  const auto list = arm.list_jobs(hub, caller, {});
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_THAT(list->jobs, SizeIs(2));
  EXPECT_EQ(list->jobs[1].id, "b");
  EXPECT_THAT(list->oddities, SizeIs(1));
  EXPECT_EQ(http.requests().at(1).url, next);
}

TEST_F(ArmClientTest, OneBadPageSpoilsTheList) {
  const std::string next = std::string(kOrigin) + "/2";
  http.will_answer(200, R"({"value":[{"jobId":"a"}],"nextLink":")" + next + R"("})");
  http.will_answer(500, "");
  EXPECT_EQ(list_error(), "list jobs, page 2: HTTP 500");
  http.will_answer(200, R"({"value":[{"jobId":"a"}],"nextLink":")" + next + R"("})");
  http.will_answer(200, R"({"value":[{"jobId")");
  EXPECT_THAT(list_error(), HasSubstr("list jobs, page 2: the answer is not JSON at byte 18 of 18"));
}

TEST_F(ArmClientTest, TakesItsTokenNowhereElse) {
  for (const auto* link :
       {"https://evil.example/next", "http://management.example/next", "//evil.example/next", "/next",
        "https://management.example:444/next", "https://management.example@evil.example/next",
        "https://management.example.evil.example/", "javascript:x", "https://management.example/a b"}) {
    http.will_answer(200, std::string(R"({"value":[],"nextLink":")") + link + R"("})");
    EXPECT_THAT(list_error(), HasSubstr("nextLink leads away from https://management.example")) << link;
  }
  for (const auto& request : http.requests()) {
    EXPECT_EQ(request.url, http.requests().front().url);
  }
}

TEST_F(ArmClientTest, AListThatNeverEndsIsGivenUp) {
  http.otherwise([](const HttpRequest& request, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{200, {}, R"({"value":[],"nextLink":")" + request.url + R"(0"})"};
  });
  ReadAllowance plenty("s-1", "default", {.burst = 10'000}, clock, nullptr);
  const auto list = arm.list_jobs(hub, {token, plenty}, {});
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().message, "list jobs, page 1001: the list does not end");
  EXPECT_THAT(http.requests(), SizeIs(1'000));
}

TEST_F(ArmClientTest, AListThatGoesInCirclesIsGivenUpAtOnce) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{200, {}, R"({"value":[],"nextLink":"https://management.example/again"})"};
  });
  EXPECT_EQ(list_error(), "list jobs, page 3: the list does not end");
}

TEST_F(ArmClientTest, ReplacesATokenThatIsRefusedOnceAndTriesAgain) {
  http.will_answer(401, R"({"error":{"code":"ExpiredAuthenticationToken"}})");
  http.will_answer(200, R"({"value":[]})");
  EXPECT_EQ(list_error(), "");
  EXPECT_EQ(credential->fetches(), 2);
  EXPECT_EQ(http.requests().at(1).headers.at("authorization"), "Bearer token-2");
}

TEST_F(ArmClientTest, AFreshTokenThatIsRefusedIsAnError) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{401, {}, R"({"error":{"code":"InvalidAuthenticationToken","message":"no"}})"};
  });
  EXPECT_EQ(list_error(), "list jobs: HTTP 401 InvalidAuthenticationToken: no");
  EXPECT_EQ(list_error(), "list jobs: HTTP 401 InvalidAuthenticationToken: no");
  EXPECT_EQ(credential->fetches(), 2) << "no more than two tokens within a minute";
  EXPECT_THAT(http.requests(), SizeIs(3));
}

TEST_F(ArmClientTest, WithoutATokenNothingIsAsked) {
  credential->will_fail({.kind = ErrorKind::unauthorized, .message = "wrong client secret"});
  EXPECT_EQ(list_error(), "list jobs: credential default: wrong client secret");
  EXPECT_THAT(http.requests(), SizeIs(0));
}

TEST_F(ArmClientTest, ReportsTheBudgetsThatArmTellsAndNoOthers) {
  http.will_answer(200, R"({"value":[]})",
                   {{"x-ms-ratelimit-remaining-subscription-reads", "249"},
                    {"x-ms-ratelimit-remaining-subscription-global-reads", "3749"},
                    {"x-ms-ratelimit-remaining-tenant-moons", "1"},
                    {"x-ms-ratelimit-remaining-subscription-resource-requests", "many"}});
  EXPECT_EQ(list_error(), "");
  ASSERT_THAT(quota, SizeIs(2));
  EXPECT_EQ(quota[0].scope, "subscription-reads");
  EXPECT_EQ(quota[0].remaining, 249);
  EXPECT_EQ(quota[0].subscription_id, "s-1");
  EXPECT_EQ(quota[1].scope, "subscription-global-reads");
}

TEST_F(ArmClientTest, ReadsAHub) {
  http.will_answer(200, R"({"name":"factory","location":"westeurope","properties":{"state":"Active"}})");
  const auto read = arm.get_hub(hub, caller, {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->location, "westeurope");
  EXPECT_THAT(http.requests().front().url, HasSubstr("/IotHubs/factory?api-version="));
}

TEST_F(ArmClientTest, ARedirectIsAnError) {
  http.will_answer(302, "", {{"location", "https://evil.example"}});
  EXPECT_EQ(list_error(), "list jobs: HTTP 302: a redirect, which is never followed");
  EXPECT_THAT(http.requests(), SizeIs(1));
}

TEST_F(ArmClientTest, AnAnswerOf429PausesTheReadsAsLongAsItSays) {
  http.will_answer(429, "", {{"retry-after", "7"}});
  EXPECT_EQ(list_error(), "list jobs: HTTP 429");
  EXPECT_EQ(reads.paused_until(), clock.steady_now() + seconds{7});
  clock.advance(seconds{2});
  const auto refused = arm.list_jobs(hub, caller, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "list jobs: subscription s-1 is throttled for another 5s");
  EXPECT_EQ(refused.error().kind, ErrorKind::throttled);
  EXPECT_EQ(refused.error().retry_after, seconds{5});
  EXPECT_FALSE(arm.get_hub(hub, caller, {}));
  EXPECT_FALSE(arm.get_job(hub, "a", caller, {}));
  EXPECT_THAT(http.requests(), SizeIs(1)) << "nothing is sent meanwhile";
}

TEST_F(ArmClientTest, AnAnswerOf429ThatDoesNotSayHowLongMeansTenSeconds) {
  http.will_answer(429, "", {{"retry-after", "tomorrow"}});
  EXPECT_EQ(list_error(), "list jobs: HTTP 429");
  EXPECT_EQ(reads.paused_until(), clock.steady_now() + seconds{10});
}

TEST_F(ArmClientTest, EveryRequestTakesARead) {
  reads.saw_remaining(30);
  http.will_answer(401, "");
  http.will_answer(200, R"({"value":[],"nextLink":")" + std::string(kOrigin) + R"(/2"})");
  http.will_answer(200, R"({"value":[]})");
  EXPECT_EQ(list_error(), "");
  EXPECT_LE(reads.ready_at(1), clock.steady_now()) << "two of five are left";
  EXPECT_EQ(reads.ready_at(2), clock.steady_now() + milliseconds{40});
}

TEST_F(ArmClientTest, LearnsFromArmHowManyReadsAreLeft) {
  http.will_answer(200, R"({"value":[]})",
                   {{"x-ms-ratelimit-remaining-subscription-reads", "20"},
                    {"x-ms-ratelimit-remaining-subscription-global-reads", "0"}});
  EXPECT_EQ(list_error(), "");
  EXPECT_EQ(reads.ready_at(), clock.steady_now() + milliseconds{240}) << "five for the reserve, and one";
}

}  // namespace
}  // namespace iothub

#include "simulator/resource_manager.hpp"

#include <gmock/gmock.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kHubs = "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs";
const std::string kRedJobs = std::string(kSubscription) + kHubs + "/red/jobs?api-version=2023-06-30";

std::string next_link(const Reply& reply) {
  constexpr std::string_view before = R"("nextLink":"https://azure.test:8443)";
  const std::size_t begin = reply.body.find(before);
  if (begin == std::string::npos) {
    return "";
  }
  const std::string rest = reply.body.substr(begin + before.size());
  return rest.substr(0, rest.find('"'));
}

TEST(ResourceManager, PrintsAJobAsAzureDoes) {
  WorldFixture world;
  EXPECT_EQ(
      world.read(kHubs + "/red/jobs/done").body,
      R"({"jobId":"done","startTimeUtc":"Mon, 23 Nov 2026 10:58:30 GMT",)"
      R"("endTimeUtc":"Mon, 23 Nov 2026 11:00:00 GMT","type":"export","status":"completed","progress":100,)"
      R"("outputBlobContainerUri":"","excludeKeysInExport":true,"useSecondaryStorageAsSource":false})");
  EXPECT_THAT(
      world.read(kHubs + "/red/jobs/broken").body,
      AllOf(HasSubstr(R"("status":"failed","failureReason":"No space.")"), Not(HasSubstr("statusMessage"))));
}

TEST(ResourceManager, SendsNullsIfTheScenarioWantsThem) {
  WorldFixture world("null_members: true" + std::string(kWorld));
  EXPECT_THAT(world.read(kHubs + "/red/jobs/done").body,
              HasSubstr(R"("failureReason":null,"statusMessage":null,"parentJobId":null)"));
}

TEST(ResourceManager, ServesRawJobsWordForWord) {
  WorldFixture world;
  EXPECT_EQ(world.read(kHubs + "/red/jobs/odd").body,
            R"({"jobId":"odd","status":"paused","endTimeUtc":null,"progress":1.5})");
}

TEST(ResourceManager, PagesJobsByAbsoluteLinksUntilThereAreNoMore) {
  WorldFixture world;
  const Reply first = world.get(kRedJobs, world.token());
  EXPECT_THAT(first.body,
              AllOf(StartsWith(R"({"value":[{"jobId":"done")"), HasSubstr("broken"), Not(HasSubstr("odd"))));
  ASSERT_THAT(next_link(first), StartsWith(std::string(kSubscription) + kHubs +
                                           "/red/jobs?api-version=2023-06-30&%24skiptoken="));
  const Reply second = world.get(next_link(first), world.token());
  EXPECT_THAT(second.body,
              AllOf(StartsWith(R"({"value":[{"jobId":"old")"), HasSubstr("odd"), Not(HasSubstr("nextLink"))));
}

TEST(ResourceManager, RefusesASkipTokenThatItDidNotMake) {
  WorldFixture world;
  EXPECT_EQ(world.get(kRedJobs + "&$skiptoken=nonsense", world.token()).status, 400);
}

TEST(ResourceManager, PagesHubsAndLeavesOutHostNamesOfThoseNotActive) {
  WorldFixture world;
  const Reply first = world.read("/providers/Microsoft.Devices/IotHubs");
  EXPECT_THAT(first.body, AllOf(HasSubstr(R"("name":"red")"), HasSubstr(R"("name":"green")"),
                                HasSubstr(R"("hostName":"red.azure-devices.net")"),
                                HasSubstr(R"("sku":{"name":"F1","tier":"Free","capacity":1})"),
                                HasSubstr(R"("tags":{"team":"paint"})")));
  const Reply second = world.get(next_link(first), world.token());
  EXPECT_THAT(second.body, AllOf(HasSubstr(R"("state":"Activating","provisioningState":"Accepted")"),
                                 Not(HasSubstr("hostName")), Not(HasSubstr("nextLink"))));
  EXPECT_THAT(world.read(kHubs).body, HasSubstr(R"("resourcegroup":"plant")"));
}

TEST(ResourceManager, ReadsPathsWithoutRegardToCase) {
  WorldFixture world;
  EXPECT_EQ(world.read("/RESOURCEGROUPS/Plant/providers/microsoft.devices/iothubs/RED").status, 200);
}

struct Refusal {
  std::string name;
  std::string target;  // below the subscription
  int status = 404;
  std::string code;
};

class ResourceManagerRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(ResourceManagerRefusal, HasAzuresStatusAndCode) {
  WorldFixture world;
  const Reply reply = world.get(std::string(kSubscription) + GetParam().target, world.token());
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_THAT(reply.body, HasSubstr(GetParam().code));
}

INSTANTIATE_TEST_SUITE_P(
    All, ResourceManagerRefusal,
    testing::Values(
        Refusal{"NoApiVersion", kHubs + "/red", 400, R"({"error":{"code":"MissingApiVersionParameter")"},
        Refusal{"OddApiVersion", kHubs + "/red?api-version=latest", 400,
                R"("code":"InvalidApiVersionParameter")"},
        Refusal{"UnknownApiVersion", kHubs + "/red?api-version=2001-01-01", 400,
                "2022-11-15-preview, 2023-06-30, "},
        Refusal{"UnknownGroup",
                "/resourceGroups/nowhere/providers/Microsoft.Devices/IotHubs/red?api-version=2023-06-30", 404,
                R"("code":"ResourceGroupNotFound","message":"Resource group 'nowhere' could not be found.")"},
        Refusal{"UnknownHub", kHubs + "/violet?api-version=2023-06-30", 404, R"("code":"ResourceNotFound")"},
        Refusal{"UnknownJob", kHubs + "/red/jobs/none?api-version=2023-06-30", 404,
                R"({"code":404011,"httpStatusCode":"NotFound","message":"Job not found with ID 'none'.)"},
        Refusal{"UnknownJobOfOld", kHubs + "/red/jobs/none?api-version=2017-07-01", 404,
                R"({"Code":"JobNotFound","HttpStatusCode":"NotFound","Message":)"},
        Refusal{"JobsOfAHubNotActive", kHubs + "/blue/jobs?api-version=2023-06-30", 409,
                "errorcode: IH409002."},
        Refusal{"UnknownType", "/providers/Microsoft.Nothing/things?api-version=2023-06-30", 404,
                R"("code":"InvalidResourceType")"}),
    [](const auto& row) { return row.param.name; });

TEST(ResourceManager, KnowsOnlyItsOwnSubscriptions) {
  WorldFixture world;
  EXPECT_THAT(
      world.get("/subscriptions/nobody/providers/Microsoft.Devices/IotHubs?api-version=2023-06-30", "").body,
      HasSubstr("SubscriptionNotFound"));
}

TEST(ResourceManager, ChallengesWhoeverHasNoToken) {
  WorldFixture world;
  const Reply reply = world.send({.target = kRedJobs});
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr(R"("code":"AuthenticationFailed")"));
  EXPECT_THAT(
      header_of(reply, "WWW-Authenticate"),
      StartsWith(R"(Bearer authorization_uri="https://azure.test:8443/)" + std::string(kTenant) + R"(")"));
}

TEST(ResourceManager, RefusesTokensThatItDoesNotKnow) {
  WorldFixture world;
  EXPECT_THAT(world.get(kRedJobs, "made.up.token").body, HasSubstr(R"("code":"InvalidAuthenticationToken")"));
  const Reply basic = world.send({.target = kRedJobs, .headers = {{"authorization", "Basic eDp5"}}});
  EXPECT_THAT(basic.body, HasSubstr(R"("code":"AuthenticationFailedInvalidHeader")"));
}

TEST(ResourceManager, RefusesATokenFromTheSecondItExpires) {
  WorldFixture world;
  const std::string token = world.token();
  world.pass(std::chrono::seconds{3598});
  EXPECT_EQ(world.get(kRedJobs, token).status, 200);
  world.pass(std::chrono::seconds{1});
  const Reply reply = world.get(kRedJobs, token);
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("code":"ExpiredAuthenticationToken")"),
                                HasSubstr("expiry UTC time '11/23/2026 12:59:59 PM'")));
}

TEST(ResourceManager, RefusesTokensOfAnotherTenant) {
  WorldFixture world;
  const Reply reply = world.get(kRedJobs, world.token(kStranger, "s", kOtherTenant));
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr(R"("code":"InvalidAuthenticationTokenTenant")"));
}

TEST(ResourceManager, NamesActionAndScopeToAClientWithoutTheRole) {
  WorldFixture world;
  const std::string token = world.token(kLimited, "s");
  EXPECT_EQ(world.get(kRedJobs, token).status, 200);
  const Reply reply =
      world.get(std::string(kSubscription) + kHubs + "/green/jobs?api-version=2023-06-30", token);
  EXPECT_EQ(reply.status, 403);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("code":"AuthorizationFailed")"),
                                HasSubstr("action 'Microsoft.Devices/iotHubs/jobs/read' over scope '" +
                                          std::string(kSubscription) + kHubs + "/green'")));
  EXPECT_EQ(header_of(reply, "x-ms-failure-cause"), "gateway");
}

TEST(ResourceManager, ListsOnlyTheHubsThatTheClientMayRead) {
  WorldFixture world;
  const Reply reply =
      world.get(std::string(kSubscription) + "/providers/Microsoft.Devices/IotHubs?api-version=2023-06-30",
                world.token(kLimited, "s"));
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("name":"red")"), Not(HasSubstr(R"("name":"green")"))));
}

TEST(ResourceManager, RefusesToWrite) {
  WorldFixture world;
  const Reply reply = world.send({.method = "DELETE", .target = kRedJobs});
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(header_of(reply, "Allow"), "GET");
}

TEST(ResourceManager, CountsReadsDownAndFillsThemUpAgain) {
  WorldFixture world;
  const std::string token = world.token();
  const auto remaining = [&] {
    return header_of(world.get(kRedJobs, token), "x-ms-ratelimit-remaining-subscription-reads");
  };
  EXPECT_EQ(remaining(), "9");
  EXPECT_EQ(remaining(), "8");
  world.pass(std::chrono::seconds{1});
  EXPECT_EQ(remaining(), "8");
  world.pass(std::chrono::hours{1});
  EXPECT_EQ(
      header_of(world.get(kRedJobs, world.token()), "x-ms-ratelimit-remaining-subscription-global-reads"),
      "149");
}

std::string throttled_world(const std::string& throttling) {
  return "throttling: " + throttling + R"(
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    clients:
      - {id: 0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s}
      - {id: 1c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s}
subscriptions: [{id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: plant, hubs: [{name: red}]}]}]
)";
}

TEST(ResourceManager, ThrottlesOnlyIfTheScenarioSaysSo) {
  WorldFixture lenient(throttled_world("{reads: 1, reads_per_second: 1}"));
  const std::string token = lenient.token(kReader, "s");
  EXPECT_EQ(lenient.get(kRedJobs, token).status, 200);
  EXPECT_EQ(lenient.get(kRedJobs, token).status, 200);
  WorldFixture strict(throttled_world("{reads: 1, reads_per_second: 1, enforced: true}"));
  const std::string same = strict.token(kReader, "s");
  EXPECT_EQ(strict.get(kRedJobs, same).status, 200);
  const Reply reply = strict.get(kRedJobs, same);
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(header_of(reply, "Retry-After"), "1");
  EXPECT_EQ(header_of(reply, "x-ms-ratelimit-remaining-subscription-reads"), "0");
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"("code":"SubscriptionRequestsThrottled")"),
                                HasSubstr("try again after '1' seconds")));
}

TEST(ResourceManager, ThrottlesUntilTheTimeThatItTold) {
  WorldFixture world(throttled_world("{reads: 50, reads_per_second: 25, enforced: true}"));
  const std::string token = world.token(kReader, "s");
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(world.get(kRedJobs, token).status, 200);
  }
  EXPECT_EQ(header_of(world.get(kRedJobs, token), "Retry-After"), "1");
  world.pass(Duration{999});  // by now there would be 24 reads
  EXPECT_EQ(world.get(kRedJobs, token).status, 429);
  world.pass(Duration{1});
  for (int i = 0; i < 25; ++i) {
    ASSERT_EQ(world.get(kRedJobs, token).status, 200);
  }
  EXPECT_EQ(world.get(kRedJobs, token).status, 429);
}

TEST(ResourceManager, ThrottlesEachClientForItself) {
  WorldFixture world(throttled_world("{reads: 1, reads_per_second: 0, enforced: true}"));
  const std::string token = world.token(kReader, "s");
  EXPECT_EQ(world.get(kRedJobs, token).status, 200);
  EXPECT_EQ(header_of(world.get(kRedJobs, token), "Retry-After"), "3600");
  EXPECT_EQ(world.get(kRedJobs, world.token(kLimited, "s")).status, 200);
}

TEST(ResourceManager, ListsSubscriptionsAndTenantsForCommandLineTools) {
  WorldFixture world;
  EXPECT_THAT(world.get("/subscriptions?api-version=2022-12-01", world.token()).body,
              HasSubstr(R"("subscriptionId":"3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1")"));
  EXPECT_THAT(
      world.get("/subscriptions?api-version=2022-12-01", world.token(kStranger, "s", kOtherTenant)).body,
      StartsWith(R"({"value":[],)"));
  EXPECT_THAT(world.get("/tenants?api-version=2019-11-01", world.token()).body,
              HasSubstr(R"("defaultDomain":"contoso.onmicrosoft.com")"));
}

TEST(ResourceManager, SaysWhoAnsweredAndWhen) {
  WorldFixture world;
  const Reply reply = world.get(kRedJobs, world.token());
  EXPECT_EQ(header_of(reply, "Date"), "Mon, 23 Nov 2026 12:00:00 GMT");
  EXPECT_EQ(header_of(reply, "x-ms-request-id").size(), 36U);
  EXPECT_EQ(header_of(reply, "x-ms-routing-request-id"),
            "WESTEUROPE:20261123T120000Z:" + header_of(reply, "x-ms-correlation-request-id"));
}

}  // namespace
}  // namespace azure_simulator

#include "simulator/managed_identity.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <unistd.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using testing::AllOf;
using testing::HasSubstr;

using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kRed = "a1111111-0b7d-4b8e-9c34-1d2e3f405162";
constexpr std::string_view kGreen = "a2222222-0b7d-4b8e-9c34-1d2e3f405162";
constexpr std::string_view kOwn = "a3333333-0b7d-4b8e-9c34-1d2e3f405162";
constexpr std::string_view kResource = "&resource=https%3A%2F%2Fmanagement.azure.com%2F";
constexpr std::string_view kUserAssigned = R"(
  - client_id: a1111111-0b7d-4b8e-9c34-1d2e3f405162
    object_id: b1111111-0b7d-4b8e-9c34-1d2e3f405162
    resource_id: /subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/red
    token_lifetime: 1h
    roles: [red]
  - {client_id: a2222222-0b7d-4b8e-9c34-1d2e3f405162, roles: []}
)";
constexpr std::string_view kSystemAssigned =
    "  - {client_id: a3333333-0b7d-4b8e-9c34-1d2e3f405162, system_assigned: true}\n";

std::string world_with(const std::string& identities, const std::string& more = "") {
  return R"(
tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162}]
subscriptions:
  - {id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: plant, hubs: [{name: red}, {name: green}]}]}
identity_header: "of-the-site"
)" + (identities.empty() ? "" : "identities:\n" + identities) +
         more;
}

std::string everybody() {
  return std::string(kUserAssigned) + std::string(kSystemAssigned);
}

std::string jobs_of(const std::string& hub) {
  return std::string(kSubscription) + "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/" + hub +
         "/jobs?api-version=2023-06-30";
}

Reply ask_imds(WorldFixture& world, const std::string& selector = "",
               const Headers& headers = {{"metadata", "true"}}) {
  return world.send(
      {.target = "/metadata/identity/oauth2/token?api-version=2018-02-01" + std::string(kResource) + selector,
       .headers = headers});
}

TEST(Imds, AnswersInTexts) {
  WorldFixture world(world_with(std::string(kUserAssigned)));
  const Reply reply = ask_imds(world, "&client_id=" + std::string(kRed));
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(
      reply.body,
      HasSubstr(R"("client_id":"a1111111-0b7d-4b8e-9c34-1d2e3f405162","expires_in":"3600",)"
                R"("expires_on":"1795438800","ext_expires_in":"3600","not_before":"1795435200",)"
                R"("refresh_token":"","resource":"https://management.azure.com/","token_type":"Bearer"})"));
}

TEST(Imds, GivesTokensThatWorkAsFarAsTheRolesReach) {
  WorldFixture world(world_with(everybody()));
  const std::string token = token_in(ask_imds(world, "&client_id=" + std::string(kRed)));
  EXPECT_EQ(world.get(jobs_of("red"), token).status, 200);
  EXPECT_EQ(world.get(jobs_of("green"), token).status, 403);
  EXPECT_EQ(world.get(jobs_of("green"), token_in(ask_imds(world))).status, 200);
  world.pass(std::chrono::hours{1});
  EXPECT_EQ(world.get(jobs_of("red"), token).status, 401);
}

TEST(Imds, FindsAnIdentityByEachOfItsIds) {
  WorldFixture world(world_with(everybody()));
  const std::string red = R"("client_id":")" + std::string(kRed);
  EXPECT_THAT(ask_imds(world, "&object_id=b1111111-0b7d-4b8e-9c34-1d2e3f405162").body, HasSubstr(red));
  EXPECT_THAT(ask_imds(world,
                       "&msi_res_id=/subscriptions/s/resourcegroups/g/providers/Microsoft.ManagedIdentity/"
                       "userAssignedIdentities/red")
                  .body,
              HasSubstr(red));
  EXPECT_THAT(ask_imds(world).body, HasSubstr(R"("client_id":")" + std::string(kOwn)));
}

TEST(Imds, DoesNotGuessWhichIdentityIsMeant) {
  WorldFixture several(world_with(std::string(kUserAssigned)));
  EXPECT_EQ(ask_imds(several).status, 400);
  EXPECT_THAT(ask_imds(several).body, HasSubstr("Several user assigned identities exist"));
  for (const std::string& selector :
       {"&client_id=" + std::string(kReader), std::string("&client_id="), std::string("&msi_res_id=")}) {
    const Reply reply = ask_imds(several, selector);
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.body, R"({"error":"invalid_request","error_description":"Identity not found"})");
  }
  WorldFixture nobody(world_with(""));
  EXPECT_THAT(ask_imds(nobody).body, HasSubstr("Identity not found"));
}

TEST(Imds, RefusesWhatItDoesNotUnderstand) {
  WorldFixture world(world_with(everybody()));
  const std::string selector = "&client_id=" + std::string(kGreen);
  for (const char* extra : {"&mi_res_id=a", "&clientid=a", "&resource=b"}) {
    EXPECT_EQ(ask_imds(world, selector + extra).status, 400) << extra;
  }
  EXPECT_EQ(ask_imds(world, selector + "&object_id=b1111111-0b7d-4b8e-9c34-1d2e3f405162").status, 400);
  const std::string path = "/metadata/identity/oauth2/token?";
  const auto ask = [&](const std::string& query) {
    return world.send({.target = path + query, .headers = {{"metadata", "true"}}});
  };
  EXPECT_EQ(ask("api-version=2018-02-01").status, 400);
  EXPECT_EQ(ask("api-version=2017-01-01" + std::string(kResource)).status, 400);
  EXPECT_THAT(ask("api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F.default").body,
              HasSubstr("invalid_resource"));
}

TEST(Imds, AnswersOnlyTheMachineItself) {
  WorldFixture world(world_with(everybody()));
  EXPECT_EQ(ask_imds(world, "", {}).status, 400);
  EXPECT_EQ(ask_imds(world, "", {{"metadata", "True"}}).status, 400);
  EXPECT_EQ(ask_imds(world, "", {{"metadata", "true"}, {"x-forwarded-for", "10.0.0.1"}}).status, 400);
}

TEST(AppService, AnswersWithTheSecondOfTheEnd) {
  WorldFixture world(world_with(everybody()));
  const Reply reply = world.send({.target = "/msi/token?api-version=2019-08-01" + std::string(kResource) +
                                            "&principal_id=b1111111-0b7d-4b8e-9c34-1d2e3f405162",
                                  .headers = {{"x-identity-header", "of-the-site"}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("expires_on":"1795438800","resource")"), Not(HasSubstr("expires_in"))));
  EXPECT_EQ(world.get(jobs_of("red"), token_in(reply)).status, 200);
}

TEST(AppService, AnsweredWithAnAmericanDateInTheOldDays) {
  WorldFixture world(world_with(everybody()));
  const Reply reply = world.send({.target = "/msi/token?api-version=2017-09-01" + std::string(kResource) +
                                            "&clientid=" + std::string(kRed),
                                  .headers = {{"secret", "of-the-site"}}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("expires_on":"11/23/2026 1:00:00 PM +00:00")"));
}

TEST(AppService, WantsTheHeaderOfItsProtocol) {
  WorldFixture world(world_with(everybody()));
  const auto ask = [&](const std::string& version, const Headers& headers) {
    return world
        .send({.target = "/msi/token?api-version=" + version + std::string(kResource), .headers = headers})
        .status;
  };
  EXPECT_EQ(ask("2019-08-01", {}), 401);
  EXPECT_EQ(ask("2019-08-01", {{"secret", "of-the-site"}}), 401);
  EXPECT_EQ(ask("2019-08-01", {{"x-identity-header", "wrong"}}), 403);
  EXPECT_EQ(ask("2017-09-01", {{"x-identity-header", "of-the-site"}}), 401);
  EXPECT_EQ(ask("2018-02-01", {{"x-identity-header", "of-the-site"}}), 400);
}

TEST(AppService, KnowsTheSelectorsOfItsProtocolOnly) {
  WorldFixture world(world_with(everybody()));
  const auto ask = [&](const std::string& version, const std::string& selector) {
    return world.send({.target = "/msi/token?api-version=" + version + std::string(kResource) + selector,
                       .headers = {{"x-identity-header", "of-the-site"}, {"secret", "of-the-site"}}});
  };
  EXPECT_EQ(ask("2017-09-01", "&client_id=" + std::string(kRed)).status, 400);
  EXPECT_EQ(ask("2019-08-01", "&msi_res_id=a").status, 400);
  EXPECT_THAT(ask("2019-08-01", "&client_id=" + std::string(kReader)).body,
              StartsWith(R"({"statusCode":400,"message":"Identity not found")"));
}

TEST(CloudShell, AnswersAForm) {
  WorldFixture world(world_with(everybody()));
  const auto ask = [&](const std::string& form, const Headers& headers) {
    return world.send(
        {.method = "POST", .target = "/cloudshell/oauth2/token", .headers = headers, .body = form});
  };
  const std::string form(kResource.substr(1));
  const std::pair<std::string, std::string> type{"content-type", "application/x-www-form-urlencoded"};
  const Reply reply = ask(form, {type, {"metadata", "true"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("expires_in":"86400")"));
  EXPECT_EQ(world.get(jobs_of("red"), token_in(reply)).status, 200);
  EXPECT_EQ(ask(form, {type}).status, 400);
  EXPECT_EQ(ask(form, {{"metadata", "true"}}).status, 400);
  EXPECT_EQ(ask(form + "&client_id=" + std::string(kRed), {type, {"metadata", "true"}}).status, 400);
  EXPECT_THAT(ask("resource=https%3A%2F%2Felsewhere.test", {type, {"metadata", "true"}}).body,
              HasSubstr("AudienceNotSupported"));
}

class Arc : public testing::Test {
 protected:
  Arc() { std::filesystem::create_directories(folder); }
  ~Arc() override { std::filesystem::remove_all(folder); }

  WorldFixture world_of(const std::string& realm = "") const {
    return WorldFixture(world_with(std::string(kSystemAssigned),
                                   "arc: {key_folder: \"" + folder + "\", realm: \"" + realm + "\"}\n"));
  }
  static Reply ask(WorldFixture& world, const std::string& key = "", const std::string& selector = "") {
    Headers headers{{"metadata", "true"}};
    if (!key.empty()) {
      headers.emplace_back("authorization", "Basic " + key);
    }
    return world.send({.target = "/arc/metadata/identity/oauth2/token?api-version=2020-06-01" +
                                 std::string(kResource) + selector,
                       .headers = headers});
  }
  static std::string file_of(const Reply& reply) {
    return header_of(reply, "WWW-Authenticate").substr(std::string_view("Basic realm=").size());
  }
  static std::string content_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  std::string folder = testing::TempDir() + "simulated_arc_" + std::to_string(getpid());
};

TEST_F(Arc, AsksForTheKeyInAFileAndTakesItOnce) {
  WorldFixture world = world_of();
  const Reply first = ask(world);
  EXPECT_EQ(first.status, 401);
  const std::string file = file_of(first);
  EXPECT_THAT(file, AllOf(StartsWith(folder + "/"), testing::EndsWith(".key")));
  const std::string key = content_of(file);
  EXPECT_THAT(key, MatchesRegex("[A-Za-z0-9_-]{43}"));
  const Reply second = ask(world, key);
  EXPECT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(world.get(jobs_of("red"), token_in(second)).status, 200);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(ask(world, key).status, 401);
  EXPECT_THAT(world.service().secrets(), testing::Contains(key));
}

TEST_F(Arc, MayTellAnotherFileThanTheOneItWrote) {
  WorldFixture world = world_of("/etc/passwd");
  const Reply reply = ask(world);
  EXPECT_EQ(reply.status, 401);
  EXPECT_EQ(file_of(reply), "/etc/passwd");
}

TEST_F(Arc, RefusesWrongKeysAndNamedIdentities) {
  WorldFixture world = world_of();
  EXPECT_EQ(ask(world, "wrong").status, 401);
  EXPECT_EQ(ask(world, "", "&client_id=" + std::string(kOwn)).status, 400);
  const std::string target =
      "/arc/metadata/identity/oauth2/token?api-version=2020-06-01" + std::string(kResource);
  EXPECT_EQ(world.send({.target = target}).status, 400);
}

TEST_F(Arc, NeedsAFolderThatItMayWrite) {
  WorldFixture world = world_of();
  std::filesystem::remove_all(folder);
  EXPECT_EQ(ask(world).status, 500);
}

TEST(ArcAgentOfNobody, IsNotThere) {
  WorldFixture world(world_with(everybody()));
  EXPECT_EQ(
      world.send({.target = "/arc/metadata/identity/oauth2/token", .headers = {{"metadata", "true"}}}).status,
      404);
}

struct Endpoint {
  std::string operation;
  Request request;
};

class IdentityFault : public testing::TestWithParam<Endpoint> {};

TEST_P(IdentityFault, StrikesUnderItsName) {
  WorldFixture world(world_with(everybody()));
  for (const int status : {404, 410, 429, 500}) {
    world.service().set_faults({{.operations = {GetParam().operation}, .status = status}});
    const Reply reply = world.send(GetParam().request);
    EXPECT_EQ(reply.status, status);
    EXPECT_THAT(reply.body, StartsWith(R"({"error":")"));
    EXPECT_EQ(world.service().recent_requests().back().operation, GetParam().operation);
    EXPECT_EQ(world.service().recent_requests().back().status, status);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, IdentityFault,
    testing::Values(Endpoint{"imds", {.target = "/metadata/identity/oauth2/token?api-version=2018-02-01"}},
                    Endpoint{"app_service", {.target = "/msi/token"}},
                    Endpoint{"arc", {.target = "/arc/metadata/identity/oauth2/token"}},
                    Endpoint{"cloud_shell", {.method = "POST", .target = "/cloudshell/oauth2/token"}}),
    [](const auto& row) { return row.param.operation; });

}  // namespace
}  // namespace azure_simulator

#include "simulator/entra_id.hpp"

#include <gmock/gmock.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

TEST(EntraId, GivesABearerTokenThatReadsLikeAJwt) {
  WorldFixture world;
  const Reply reply = world.ask_token(WorldFixture::form(kReader, "s~e.c%2Br%2Ft"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("token_type":"Bearer","expires_in":3599,"ext_expires_in":3599)"));
  EXPECT_THAT(world.token(), MatchesRegex("[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]{342}"));
}

TEST(EntraId, KnowsATenantByItsDomainToo) {
  WorldFixture world;
  EXPECT_EQ(world.ask_token(WorldFixture::form(kReader, "s~e.c%2Br%2Ft"), "Contoso.onmicrosoft.com").status,
            200);
}

struct Refusal {
  std::string name;
  std::string form;
  std::string tenant{kTenant};
  int status = 400;
  std::string error;
  std::string code;
};

class EntraIdRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(EntraIdRefusal, NamesItsNumber) {
  WorldFixture world;
  const Refusal& row = GetParam();
  const Reply reply = world.ask_token(row.form, row.tenant);
  EXPECT_EQ(reply.status, row.status);
  EXPECT_THAT(reply.body,
              AllOf(HasSubstr(R"("error":")" + row.error + R"(")"), HasSubstr("AADSTS" + row.code + ": "),
                    HasSubstr(R"("error_codes":[)" + row.code + "]"), HasSubstr(" Trace ID: "),
                    HasSubstr(" Correlation ID: "), HasSubstr(" Timestamp: 2026-11-23 12:00:00Z"),
                    HasSubstr(R"("error_uri":"https://azure.test:8443/error?code=)" + row.code + R"(")")));
}

INSTANTIATE_TEST_SUITE_P(
    All, EntraIdRefusal,
    testing::Values(Refusal{"WrongSecret", WorldFixture::form(kReader, "x"), std::string(kTenant), 401,
                            "invalid_client", "7000215"},
                    Refusal{"ExpiredSecret", WorldFixture::form(kExpired, "s"), std::string(kTenant), 401,
                            "invalid_client", "7000222"},
                    Refusal{"NoSecret", WorldFixture::form(kReader, ""), std::string(kTenant), 401,
                            "invalid_client", "7000218"},
                    Refusal{"UnknownClient", WorldFixture::form(kTenant, "s"), std::string(kTenant), 400,
                            "unauthorized_client", "700016"},
                    Refusal{"ClientOfAnotherTenant", WorldFixture::form(kStranger, "s"), std::string(kTenant),
                            400, "unauthorized_client", "700016"},
                    Refusal{"UnknownTenant", WorldFixture::form(kReader, "s"), std::string(kReader), 400,
                            "invalid_request", "90002"},
                    Refusal{"MalformedTenant", WorldFixture::form(kReader, "s"), "nonsense", 400,
                            "invalid_request", "900023"},
                    Refusal{"ScopeWithoutDefault",
                            WorldFixture::form(kReader, "s~e.c%2Br%2Ft", "https://management.azure.com"),
                            std::string(kTenant), 400, "invalid_scope", "70011"},
                    Refusal{"UnknownResource",
                            WorldFixture::form(kReader, "s~e.c%2Br%2Ft", "https://elsewhere.test/.default"),
                            std::string(kTenant), 400, "invalid_resource", "500011"},
                    Refusal{"NoClientId", "grant_type=client_credentials", std::string(kTenant), 400,
                            "invalid_request", "900144"},
                    Refusal{"AnotherGrant", "grant_type=password&client_id=c&scope=s", std::string(kTenant),
                            400, "unsupported_grant_type", "70003"}),
    [](const auto& row) { return row.param.name; });

TEST(EntraId, RefusesAFormThatDoesNotSayThatItIsOne) {
  WorldFixture world;
  const Reply reply = world.send({.method = "POST",
                                  .target = "/contoso.onmicrosoft.com/oauth2/v2.0/token",
                                  .body = WorldFixture::form(kReader, "s")});
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("AADSTS900144"));
}

TEST(EntraId, BreaksLoopsIfTheScenarioSaysSo) {
  WorldFixture world("loop_limit: 2" + std::string(kWorld));
  const std::string form = WorldFixture::form(kReader, "s~e.c%2Br%2Ft");
  EXPECT_EQ(world.ask_token(form).status, 200);
  EXPECT_EQ(world.ask_token(form).status, 200);
  const Reply reply = world.ask_token(form);
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("AADSTS50196: "), HasSubstr(R"("error":"invalid_grant")")));
  EXPECT_EQ(world.ask_token(WorldFixture::form(kLimited, "s")).status, 200);
  world.pass(std::chrono::minutes{1});
  EXPECT_EQ(world.ask_token(form).status, 200);
}

TEST(EntraId, GivesNothingForAnEmptySecret) {
  WorldFixture world(R"(
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    clients: [{id: 0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: ""}]
)");
  EXPECT_THAT(world.ask_token(WorldFixture::form(kReader, "")).body, HasSubstr("AADSTS7000218"));
  EXPECT_THAT(world.ask_token(WorldFixture::form(kReader, "x")).body, HasSubstr("AADSTS7000215"));
}

TEST(EntraId, TellsLoginLibrariesWhereToGo) {
  WorldFixture world;
  EXPECT_THAT(
      world.send({.target = "/" + std::string(kTenant) + "/v2.0/.well-known/openid-configuration"}).body,
      HasSubstr(
          R"("token_endpoint":"https://azure.test:8443/6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162/oauth2/v2.0/token")"));
  EXPECT_THAT(world.send({.target = "/common/discovery/instance?api-version=1.1"}).body,
              HasSubstr(R"("tenant_discovery_endpoint":"https://azure.test:8443/common/v2.0/)"));
  EXPECT_THAT(world.send({.target = "/metadata/endpoints?api-version=2019-05-01"}).body,
              AllOf(testing::StartsWith(R"([{"name":"AzureCloud")"),
                    HasSubstr(R"("loginEndpoint":"https://azure.test:8443")")));
  EXPECT_THAT(world.send({.target = "/metadata/endpoints?api-version=2015-01-01"}).body,
              testing::StartsWith(R"({"galleryEndpoint")"));
}

}  // namespace
}  // namespace azure_simulator

#include "simulator/federated_credential.hpp"

#include <gmock/gmock.h>

#include "simulator/base64.hpp"
#include "simulator/test/assertion.hpp"

namespace azure_simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view kWorkload = R"(
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    clients:
      - id: 4c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f
        federated_credentials:
          - {issuer: "https://oidc.test/cluster/", subject: "system:serviceaccount:monitoring:exporter"}
          - {issuer: "https://oidc.test/cluster/", subject: special, audience: "api://special"}
subscriptions: [{id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: plant, hubs: [{name: red}]}]}]
)";

class FederatedCredentialTest : public testing::Test {
 protected:
  std::string token(const FederatedTokenOrder& order) {
    return world.service().federated_token(order, world.now());
  }
  Reply ask(const std::string& assertion) { return world.ask_token(assertion_form(assertion)); }

  WorldFixture world{kWorkload};
  FederatedTokenOrder good{.issuer = "https://oidc.test/cluster/",
                           .subject = "system:serviceaccount:monitoring:exporter"};
};

TEST_F(FederatedCredentialTest, OpensTheDoorAgainAndAgain) {
  const std::string assertion = token(good);
  EXPECT_EQ(ask(assertion).status, 200);
  const Reply reply = ask(assertion);
  EXPECT_EQ(reply.status, 200);
  const std::string jobs =
      "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/red/jobs?api-version=2023-06-30";
  EXPECT_EQ(world.get(std::string(kSubscription) + jobs, token_in(reply)).status, 200);
}

TEST_F(FederatedCredentialTest, ComparesToTheLetter) {
  const auto refusal = [&](const FederatedTokenOrder& order) { return ask(token(order)).body; };
  EXPECT_THAT(refusal({.issuer = "https://oidc.test/cluster", .subject = good.subject}),
              HasSubstr("AADSTS70021: "));
  EXPECT_THAT(refusal({.issuer = good.issuer, .subject = "system:serviceaccount:default:exporter"}),
              AllOf(HasSubstr("AADSTS700213: "), HasSubstr(R"("error":"invalid_client")")));
  EXPECT_THAT(refusal({.issuer = good.issuer, .subject = good.subject, .audience = "api://special"}),
              HasSubstr("AADSTS700212: "));
  EXPECT_EQ(ask(token({.issuer = good.issuer, .subject = "special", .audience = "api://special"})).status,
            200);
}

TEST_F(FederatedCredentialTest, EndsInTime) {
  const std::string assertion = token(good);
  world.pass(hours{1} - std::chrono::seconds{1});
  EXPECT_EQ(ask(assertion).status, 200);
  world.pass(std::chrono::seconds{1});
  const Reply reply = ask(assertion);
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr("AADSTS700024: "));
}

TEST_F(FederatedCredentialTest, BeginsInTime) {
  const std::string early = world.service().federated_token(good, world.now() + minutes{6});
  EXPECT_THAT(ask(early).body, HasSubstr("AADSTS700024: "));
  world.pass(minutes{1});
  EXPECT_EQ(ask(early).status, 200);
}

TEST_F(FederatedCredentialTest, NeedsTheSignatureOfTheIssuer) {
  const std::string assertion = token(good);
  const std::string unsigned_text = assertion.substr(0, assertion.rfind('.') + 1);
  const Reply reply = ask(unsigned_text + base64url(std::string(256, 'x')));
  EXPECT_EQ(reply.status, 401);
  EXPECT_THAT(reply.body, HasSubstr("AADSTS50013: "));
  const PrivateKey key = key_of(unregistered());
  const std::string forged = unsigned_text.substr(0, unsigned_text.size() - 1);
  EXPECT_THAT(ask(forged + "." + base64url(sign(key.get(), Algorithm::rs256, forged))).body,
              HasSubstr("AADSTS50013: "));
}

TEST_F(FederatedCredentialTest, IsTakenFromTheControlApiAsAFile) {
  const Reply reply = world.send({.method = "POST",
                                  .target = "/simulator/federated_token",
                                  .body = R"({"issuer": "https://oidc.test/cluster/", "lifetime": "24h",
                                              "subject": "system:serviceaccount:monitoring:exporter"})"});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/plain");
  EXPECT_EQ(ask(reply.body).status, 200);
  world.pass(hours{23});
  EXPECT_EQ(ask(reply.body).status, 200);
  EXPECT_EQ(
      world.send({.method = "POST", .target = "/simulator/federated_token", .body = "issuer: a"}).status,
      400);
}

TEST_F(FederatedCredentialTest, IsNothingToAClientThatTrustsNobody) {
  WorldFixture other;
  const std::string assertion = other.service().federated_token(good, other.now());
  EXPECT_THAT(other.ask_token(assertion_form(assertion, kReader)).body, HasSubstr("AADSTS70021: "));
}

}  // namespace
}  // namespace azure_simulator

#include "simulator/client_assertion.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <openssl/rsa.h>

#include "simulator/test/assertion.hpp"

namespace azure_simulator {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string world_of(const ClientCertificate& certificate) {
  return R"(
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    domain: contoso.onmicrosoft.com
    clients: [{id: 4c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, certificates: [)" +
         quoted_pem(certificate.certificate_pem) + R"(]}]
  - id: adfs
    clients: [{id: 5c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s, certificates: [)" +
         quoted_pem(certificate.certificate_pem) + R"(]}]
subscriptions:
  - {id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: plant, hubs: [{name: red}]}]}
  - {id: 4b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, tenant: adfs, groups: [{name: plant, hubs: [{name: own}]}]}
)";
}

class ClientAssertion : public testing::Test {
 protected:
  Reply ask(const Assertion& assertion) { return world.ask_token(assertion_form(assertion.text())); }

  WorldFixture world{world_of(registered())};
};

TEST_F(ClientAssertion, SignedByPssOpensTheDoor) {
  const Reply reply = ask({});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr(R"("token_type":"Bearer","expires_in":3599,"ext_expires_in":3599)"));
}

TEST_F(ClientAssertion, SignedByPkcs1OpensTheDoor) {
  EXPECT_EQ(ask(rs256()).status, 200);
}

TEST_F(ClientAssertion, CountsOnce) {
  EXPECT_EQ(ask({}).status, 200);
  EXPECT_THAT(ask({}).body, AllOf(HasSubstr("AADSTS50027: "), HasSubstr("jti 'first' was used before")));
  EXPECT_EQ(ask({.jti = "second"}).status, 200);
}

TEST_F(ClientAssertion, MayCarryItsCertificate) {
  std::string pem = registered().certificate_pem;
  std::string der = pem.substr(pem.find('\n') + 1, pem.rfind("\n-----END") - pem.find('\n') - 1);
  std::erase(der, '\n');
  EXPECT_EQ(ask({.more_header = R"(,"x5c":[")" + der + R"("])"}).status, 200);
  EXPECT_THAT(ask({.more_header = R"(,"x5c":["AAAA",")" + der + R"("])"}).body, HasSubstr("AADSTS700027: "));
  EXPECT_THAT(ask({.more_header = R"(,"x5c":["_w"])"}).body, HasSubstr("AADSTS50027: "));
}

struct Wrong {
  std::string name;
  std::function<void(Assertion&)> change;
  int status = 401;
  std::string code;
};

class WrongClientAssertion : public testing::TestWithParam<Wrong> {};

TEST_P(WrongClientAssertion, IsRefusedWithItsNumber) {
  for (Assertion assertion : {Assertion{}, rs256()}) {
    WorldFixture world(world_of(registered()));
    GetParam().change(assertion);
    const Reply reply = world.ask_token(assertion_form(assertion.text()));
    EXPECT_EQ(reply.status, GetParam().status) << reply.body;
    EXPECT_THAT(reply.body, AllOf(HasSubstr("AADSTS" + GetParam().code + ": "),
                                  HasSubstr(R"("error_codes":[)" + GetParam().code + "]")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongClientAssertion,
    testing::Values(
        Wrong{"UnknownCertificate", [](Assertion& a) { a.certificate = a.key = &unregistered(); }, 401,
              "700027"},
        Wrong{"KeyOfAnotherCertificate", [](Assertion& a) { a.key = &unregistered(); }, 401, "700027"},
        Wrong{"SignedInTheOtherWay",
              [](Assertion& a) {
                a.algorithm = a.algorithm == Algorithm::ps256 ? Algorithm::rs256 : Algorithm::ps256;
              },
              401, "700027"},
        Wrong{"MixedForms", [](Assertion& a) { a.alg = a.alg == "PS256" ? "RS256" : "PS256"; }, 400, "50027"},
        Wrong{"NoAlgorithm", [](Assertion& a) { a.alg = "none"; }, 400, "50027"},
        Wrong{"BothThumbprints",
              [](Assertion& a) { a.more_header = a.alg == "PS256" ? R"(,"x5t":"a")" : R"(,"x5t#S256":"a")"; },
              400, "50027"},
        Wrong{"AnotherType", [](Assertion& a) { a.typ = "at+jwt"; }, 400, "50027"},
        Wrong{"AnotherIssuer", [](Assertion& a) { a.iss = kReader; }, 401, "700021"},
        Wrong{"AnotherSubject", [](Assertion& a) { a.sub = kReader; }, 401, "700021"},
        Wrong{"NobodysOwn", [](Assertion& a) { a.iss = a.sub = "https://elsewhere.test/"; }, 401, "700021"},
        Wrong{"AudienceWithASlash", [](Assertion& a) { a.aud += "/"; }, 401, "700023"},
        Wrong{
            "AudienceOfTheTenantsOtherName",
            [](Assertion& a) { a.aud = "https://azure.test:8443/contoso.onmicrosoft.com/oauth2/v2.0/token"; },
            401, "700023"},
        Wrong{"Expired", [](Assertion& a) { a.from -= minutes{10}, a.until = kNoon; }, 401, "700024"},
        Wrong{"OfTheFuture", [](Assertion& a) { a.from += minutes{5} + seconds{1}; }, 401, "700024"},
        Wrong{"EndsBeforeItBegins", [](Assertion& a) { a.from += minutes{5}, a.until = kNoon + minutes{4}; },
              401, "700024"},
        Wrong{"LivesTooLong", [](Assertion& a) { a.until = kNoon + hours{24} + seconds{1}; }, 401, "700024"},
        Wrong{"NoId", [](Assertion& a) { a.jti = ""; }, 400, "50027"}),
    [](const auto& row) { return row.param.name; });

TEST_F(ClientAssertion, MayBeOfAClockThatIsSomewhatAhead) {
  EXPECT_EQ(ask({.from = kNoon + minutes{5}, .until = kNoon + minutes{15}}).status, 200);
}

TEST_F(ClientAssertion, NamesTheTimesThatDoNotFit) {
  EXPECT_THAT(
      ask({.from = kNoon - minutes{20}, .until = kNoon - minutes{10}}).body,
      HasSubstr("Current time: 2026-11-23T12:00:00.0000000Z, assertion valid from "
                "2026-11-23T11:40:00.0000000Z, expiry time of assertion 2026-11-23T11:50:00.0000000Z."));
}

// The salt has 32 bytes, neither more nor less.
TEST_F(ClientAssertion, NeedsTheRightSalt) {
  const std::string text = Assertion{}.unsigned_text();
  const PrivateKey key = key_of(registered());
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  EVP_DigestSignInit(digest.get(), &context, EVP_sha256(), nullptr, key.get());
  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
  EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_MAX);
  std::size_t size = 256;
  std::vector<unsigned char> bytes(size);
  ASSERT_EQ(EVP_DigestSign(digest.get(), bytes.data(), &size, unsigned_bytes(text), text.size()), 1);
  const std::string signature = base64url(std::string(bytes.begin(), bytes.end()));
  EXPECT_THAT(world.ask_token(assertion_form(text + "." + signature)).body, HasSubstr("AADSTS700027: "));
}

TEST_F(ClientAssertion, HasThreePartsOfBase64url) {
  for (const std::string text : {"a", "e30.e30", "e30.e30.e30.e30", "e30.bm8.AA", "e30%3D.e30.AA"}) {
    const Reply reply = world.ask_token(assertion_form(text));
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.body, HasSubstr("AADSTS50027: ")) << text;
  }
}

TEST_F(ClientAssertion, NeedsItsTypeAndNoSecretBesides) {
  const std::string form = assertion_form(Assertion{}.text());
  const std::string type =
      "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
  std::string untyped = form;
  untyped.erase(untyped.find(type), type.size());
  EXPECT_THAT(world.ask_token(untyped).body, HasSubstr("AADSTS900144: "));
  EXPECT_THAT(world.ask_token(untyped + "&client_assertion_type=saml").body, HasSubstr("AADSTS9002313: "));
  EXPECT_THAT(world.ask_token(form + "&client_secret=s").body, HasSubstr("AADSTS9002313: "));
}

TEST_F(ClientAssertion, EndsWithItsCertificate) {
  world.pass(hours{24});
  const Reply reply = ask({.from = world.now(), .until = world.now() + minutes{10}});
  EXPECT_THAT(reply.body, AllOf(HasSubstr("AADSTS700027: "), HasSubstr("expired")));
}

TEST_F(ClientAssertion, NeedsACertificateThatIsStillRegistered) {
  const std::string path = "/simulator/clients/" + std::string(kCertified);
  const auto put = [&](const std::string& body) {
    return world.send({.method = "PUT", .target = path, .body = body}).status;
  };
  EXPECT_EQ(put("certificates: [" + quoted_pem(unregistered().certificate_pem) + "]"), 204);
  EXPECT_THAT(ask({}).body, HasSubstr("AADSTS700027: "));
  EXPECT_EQ(ask({.certificate = &unregistered(), .key = &unregistered()}).status, 200);
  EXPECT_EQ(put("certificates: [nonsense]"), 400);
}

Reply ask_ad_fs(WorldFixture& world, const std::string& proof,
                const std::string& resource = "https%3A%2F%2Fmanagement.azure.com%2F") {
  return world.send({.method = "POST",
                     .target = "/adfs/oauth2/token",
                     .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                     .body = "grant_type=client_credentials&client_id=" + std::string(kAdFsClient) + proof +
                             "&resource=" + resource});
}

std::string ad_fs_proof(Assertion assertion) {
  assertion.iss = assertion.sub = kAdFsClient;
  assertion.aud = "https://azure.test:8443/adfs/oauth2/token";
  return "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
         "&client_assertion=" +
         assertion.text();
}

TEST_F(ClientAssertion, MustBeOfTheOlderFormForAdFs) {
  EXPECT_EQ(ask_ad_fs(world, ad_fs_proof(rs256())).status, 200);
  const Reply reply = ask_ad_fs(world, ad_fs_proof({}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, AllOf(HasSubstr(R"({"error":"invalid_client","error_description":"MSIS9622: )"),
                                Not(HasSubstr("error_codes"))));
}

TEST_F(ClientAssertion, IsOneOfTwoProofsForAdFs) {
  const Reply reply = ask_ad_fs(world, "&client_secret=s");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body,
              testing::StartsWith(R"({"token_type":"bearer","expires_in":3599,"access_token":")"));
  EXPECT_THAT(ask_ad_fs(world, "&client_secret=x").body, HasSubstr("MSIS9622"));
  EXPECT_THAT(ask_ad_fs(world, "&client_secret=s", "https%3A%2F%2Felsewhere.test").body,
              HasSubstr(R"("error":"invalid_resource")"));
  EXPECT_THAT(ask_ad_fs(world, "&client_secret=s", "").body, HasSubstr(R"("error":"invalid_request")"));
}

TEST_F(ClientAssertion, GetsTokensOfAdFsThatResourceManagerTakes) {
  const std::string token = token_in(ask_ad_fs(world, "&client_secret=s"));
  const std::string rest =
      "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/own/jobs?api-version=2023-06-30";
  EXPECT_EQ(world.get("/subscriptions/4b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1" + rest, token).status, 200);
}

}  // namespace
}  // namespace azure_simulator

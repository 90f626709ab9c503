// The credentials that prove themselves to Entra ID by an assertion.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/make_credential.hpp"
#include "support/client_key.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto* kToken = R"({"token_type":"Bearer","expires_in":3599,"access_token":"t0ken"})";
constexpr auto* kAssertionType =
    "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_"
    "assertion=";

const ClientKey& client() {
  static const ClientKey key;
  return key;
}

class EntraCredentialsTest : public testing::Test {
 protected:
  Result<AccessToken> fetch(CredentialMethod method) {
    return make_credential({.name = "default",
                            .authority_host = "https://login.example",
                            .scope = "https://management.example/.default",
                            .methods = {std::move(method)}},
                           http, clock)
        ->fetch({});
  }

  ClientCertificateOptions certificate(const std::string& content) const {
    return {
        .tenant_id = "contoso", .client_id = "app", .certificate_file = folder.write("client.pem", content)};
  }

  // The assertion of the last request.
  std::string assertion() const {
    const std::string body = http.requests().back().body;
    const auto at = body.find(kAssertionType);
    return at == std::string::npos ? "" : body.substr(at + std::string_view(kAssertionType).size());
  }

  FakeClock clock;
  FakeHttpClient http;
  TemporaryFolder folder;
};

TEST_F(EntraCredentialsTest, ACertificateSignsAFreshAssertionForEveryToken) {
  http.otherwise([](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
    return HttpResponse{200, {}, kToken};
  });
  const auto token = fetch(certificate(client().pem()));
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->method, "client_certificate");
  const std::string first = assertion();
  EXPECT_THAT(first, Not(IsEmpty()));
  ASSERT_TRUE(fetch(certificate(client().pem())));
  EXPECT_NE(assertion(), first);  // another id, at the same time
}

TEST_F(EntraCredentialsTest, ACertificateIsReadAnewForEveryToken) {
  const auto options = certificate(client().pem());
  const auto credential = make_credential(
      {.name = "c", .authority_host = "https://login.example", .scope = "s/.default", .methods = {options}},
      http, clock);
  http.will_answer(200, kToken);
  ASSERT_TRUE(credential->fetch({}));
  const std::string header = assertion().substr(0, assertion().find('.'));
  folder.write("client.pem", ClientKey().pem());
  http.will_answer(200, kToken);
  ASSERT_TRUE(credential->fetch({}));
  EXPECT_NE(assertion().substr(0, assertion().find('.')), header);
}

TEST_F(EntraCredentialsTest, ACertificateMayHaveAPasswordInAFile) {
  auto options = certificate(client().pfx("p@ss"));
  options.password = SecretFile{folder.write("password", "p@ss\n")};
  http.will_answer(200, kToken);
  EXPECT_TRUE(fetch(options));
  options.password = SecretFile{folder.path("nowhere")};
  EXPECT_THAT(fetch(options).error().message, EndsWith("nowhere: cannot be read: No such file or directory"));
}

TEST_F(EntraCredentialsTest, ACertificateThatCannotBeUsedCostsNoRequest) {
  for (const auto& [content, words] : std::vector<std::pair<std::string, std::string>>{
           {client().certificate_pem(), "client.pem: has no private key that can be read"},
           {client().pem("pass"),
            "client.pem: the private key is encrypted, but there is no password for it"},
           {"", "client.pem: is empty"}}) {
    const auto token = fetch(certificate(content));
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::bad_config);
    EXPECT_THAT(token.error().message, EndsWith(words));
  }
  EXPECT_THAT(http.requests(), IsEmpty());
}

TEST_F(EntraCredentialsTest, ARefusalOfAnExpiredCertificateSaysThatItHasExpired) {
  const auto options = certificate(ClientKey(-60).pem());
  clock.jump_wall(std::chrono::hours{24 * 365 * 100});  // later than any certificate of this test
  http.will_answer(401, R"({"error":"invalid_client","error_codes":[700027]})");
  EXPECT_THAT(fetch(options).error().message,
              AllOf(HasSubstr("AADSTS700027"), EndsWith("(the certificate has expired)")));
}

TEST_F(EntraCredentialsTest, AWorkloadSendsTheTokenThatItsFileHoldsNow) {
  const WorkloadIdentityOptions options{
      .tenant_id = "contoso", .client_id = "app", .token_file = folder.path("token")};
  const auto credential = make_credential(
      {.name = "w", .authority_host = "https://login.example", .scope = "s/.default", .methods = {options}},
      http, clock);
  for (const std::string token : {"first.of.kubelet", "second.of.kubelet"}) {
    folder.write("token", token + " \n\n");  // an editor's work
    http.will_answer(200, kToken);
    const auto fetched = credential->fetch({});
    ASSERT_TRUE(fetched);
    EXPECT_EQ(fetched->method, "workload_identity");
    EXPECT_EQ(assertion(), token);
  }
  std::filesystem::remove(folder.path("token"));
  EXPECT_EQ(credential->fetch({}).error().kind, ErrorKind::bad_config);
  EXPECT_EQ(http.requests().size(), 2U);
}

}  // namespace
}  // namespace iothub

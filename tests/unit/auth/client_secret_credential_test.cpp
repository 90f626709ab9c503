#include "auth/client_secret_credential.hpp"

#include <string>

#include <gtest/gtest.h>

#include "auth/make_credential.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

constexpr auto* kToken = R"({"token_type":"Bearer","expires_in":3599,"access_token":"t0ken"})";

CredentialOptions options_with(SecretSource secret) {
  return {.name = "default",
          .authority_host = "https://login.example",
          .scope = "https://management.example/.default",
          .methods = {ClientSecretOptions{
              .tenant_id = "contoso.example", .client_id = "app", .client_secret = std::move(secret)}}};
}

TEST(ClientSecretCredential, SendsTheFormThatEntraIdExpects) {
  const FakeClock clock;
  FakeHttpClient http;
  http.will_answer(200, kToken);
  const auto credential = make_credential(options_with(Secret("p&s s=%")), http, clock);
  const auto token = credential->fetch({});
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->value.reveal(), "t0ken");
  ASSERT_EQ(http.requests().size(), 1U);
  const HttpRequest request = http.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://login.example/contoso.example/oauth2/v2.0/token");
  EXPECT_EQ(request.api, "token");
  EXPECT_EQ(request.headers.at("content-type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body,
            "grant_type=client_credentials&client_id=app&scope=https%3A%2F%2Fmanagement.example%2F.default"
            "&client_secret=p%26s%20s%3D%25");
}

TEST(ClientSecretCredential, AsksAnAdfsServerForAResource) {
  const FakeClock clock;
  FakeHttpClient http;
  http.will_answer(200, kToken);
  CredentialOptions options = options_with(Secret("s"));
  std::get<ClientSecretOptions>(options.methods.front()).tenant_id = "adfs";
  ASSERT_TRUE(make_credential(options, http, clock)->fetch({}));
  EXPECT_EQ(http.requests().front().url, "https://login.example/adfs/oauth2/token");
  EXPECT_EQ(http.requests().front().body,
            "grant_type=client_credentials&client_id=app&resource=https%3A%2F%2Fmanagement.example&client_"
            "secret=s");
}

TEST(ClientSecretCredential, ReadsTheFileOfTheSecretForEveryToken) {
  const TemporaryFolder folder;
  const FakeClock clock;
  FakeHttpClient http;
  http.will_answer(200, kToken);
  http.will_answer(200, kToken);
  const auto credential = make_credential(options_with(SecretFile{folder.path("secret")}), http, clock);
  for (const auto* secret : {"first", "second"}) {
    folder.write("secret", std::string(secret) + "\n");
    ASSERT_TRUE(credential->fetch({}));
    EXPECT_NE(http.requests().back().body.find(std::string("&client_secret=") + secret), std::string::npos);
  }
}

TEST(ClientSecretCredential, AFileThatHasGoneFailsWithoutARequest) {
  const FakeClock clock;
  FakeHttpClient http;
  const auto credential = make_credential(options_with(SecretFile{"/nowhere/secret"}), http, clock);
  const auto token = credential->fetch({});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::bad_config);
  EXPECT_TRUE(http.requests().empty());
}

TEST(ClientSecretCredential, PassesOnHowLongToWait) {
  const FakeClock clock;
  FakeHttpClient http;
  http.will_answer(429, "", {{"retry-after", "7"}});
  const auto credential = make_credential(options_with(Secret("x")), http, clock);
  const auto token = credential->fetch({});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::throttled);
  EXPECT_EQ(token.error().retry_after, std::chrono::seconds{7});
}

}  // namespace
}  // namespace iothub

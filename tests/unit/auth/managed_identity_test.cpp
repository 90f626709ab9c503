// Managed identities: what each service of a machine is asked, and what Azure Arc's challenge may make us do.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/make_credential.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Kind = UserAssignedIdentity::Kind;

constexpr auto* kImdsToken =
    R"({"access_token":"t0ken","client_id":"c","expires_in":"86399","expires_on":"1","not_before":"0",)"
    R"("resource":"r","token_type":"Bearer","refresh_token":""})";

class ManagedIdentityTest : public testing::Test {
 protected:
  Result<AccessToken> fetch(ManagedIdentityOptions options) {
    return credential({std::move(options)})->fetch({});
  }

  std::unique_ptr<Credential> credential(std::vector<CredentialMethod> methods) {
    return make_credential({.name = "default",
                            .authority_host = "https://login.example",
                            .scope = "https://management.example/.default",
                            .methods = std::move(methods)},
                           http, clock);
  }

  static ManagedIdentityOptions imds() { return {.endpoint = "http://169.254.169.254/metadata/token"}; }
  ManagedIdentityOptions arc() const {
    return {.source = IdentitySource::azure_arc,
            .endpoint = "http://127.0.0.1:40342/token",
            .arc_key_folder = folder.path()};
  }

  // The agent's challenge names this file.
  void will_challenge(const std::string& file) {
    http.will_answer(401, "", {{"www-authenticate", "Basic realm=" + file}});
  }

  FakeClock clock;
  FakeHttpClient http;
  TemporaryFolder folder;
};

TEST_F(ManagedIdentityTest, AsksImdsForTheResource) {
  http.will_answer(200, kImdsToken);
  const auto token = fetch(imds());
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->value.reveal(), "t0ken");
  EXPECT_EQ(token->lifetime, seconds{86'399});
  EXPECT_EQ(token->method, "managed_identity");
  ASSERT_THAT(http.requests(), SizeIs(1));
  const HttpRequest request = http.requests().front();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "http://169.254.169.254/metadata/"
            "token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.example");
  EXPECT_THAT(request.headers,
              UnorderedElementsAre(Pair("accept", "application/json"), Pair("metadata", "true")));
  EXPECT_TRUE(request.is_local_service);
  EXPECT_EQ(request.retry, RetryRule::identity_service);
}

struct Selector {
  IdentitySource source;
  Kind kind;
  std::string expected;
};
class UserAssigned : public ManagedIdentityTest, public testing::WithParamInterface<Selector> {};

TEST_P(UserAssigned, IsNamedAsItsServiceNamesIt) {
  http.will_answer(200, kImdsToken);
  ManagedIdentityOptions options = imds();
  options.source = GetParam().source;
  options.identity = UserAssignedIdentity{.kind = GetParam().kind, .id = "/a b"};
  EXPECT_TRUE(fetch(options));
  EXPECT_THAT(http.requests().front().url, testing::EndsWith(GetParam().expected));
}
INSTANTIATE_TEST_SUITE_P(
    ManagedIdentityTest, UserAssigned,
    testing::Values(Selector{IdentitySource::imds, Kind::client_id, "&client_id=%2Fa%20b"},
                    Selector{IdentitySource::imds, Kind::object_id, "&object_id=%2Fa%20b"},
                    Selector{IdentitySource::imds, Kind::resource_id, "&msi_res_id=%2Fa%20b"},
                    Selector{IdentitySource::app_service_2019, Kind::client_id, "&client_id=%2Fa%20b"},
                    Selector{IdentitySource::app_service_2019, Kind::object_id, "&principal_id=%2Fa%20b"},
                    Selector{IdentitySource::app_service_2019, Kind::resource_id, "&mi_res_id=%2Fa%20b"},
                    Selector{IdentitySource::app_service_2017, Kind::client_id, "&clientid=%2Fa%20b"}));

TEST_F(ManagedIdentityTest, AsksAppServiceWithItsHeader) {
  http.will_answer(200, R"({"access_token":"t0ken","expires_on":")" +
                            std::to_string(static_cast<std::int64_t>(unix_seconds(FakeClock::kNoon)) + 3600) +
                            R"(","token_type":"Bearer"})");
  const auto token = fetch({.source = IdentitySource::app_service_2019,
                            .endpoint = "http://127.0.0.1:41741/msi/token",
                            .endpoint_secret = Secret("h3ader")});
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->lifetime, seconds{3600});
  EXPECT_EQ(
      http.requests().front().url,
      "http://127.0.0.1:41741/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.example");
  EXPECT_EQ(http.requests().front().headers.at("x-identity-header"), "h3ader");
}

TEST_F(ManagedIdentityTest, AsksTheOlderAppServiceWithItsSecret) {
  http.will_answer(200, R"({"access_token":"t0ken","expires_on":"11/23/2026 1:00:00 PM +00:00"})");
  const auto token = fetch({.source = IdentitySource::app_service_2017,
                            .endpoint = "http://127.0.0.1:41741/msi/token",
                            .endpoint_secret = Secret("h3ader")});
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->lifetime, seconds{3600});
  EXPECT_THAT(http.requests().front().url, HasSubstr("api-version=2017-09-01"));
  EXPECT_EQ(http.requests().front().headers.at("secret"), "h3ader");
}

TEST_F(ManagedIdentityTest, PostsAFormToCloudShell) {
  http.will_answer(200, kImdsToken);
  ASSERT_TRUE(
      fetch({.source = IdentitySource::cloud_shell, .endpoint = "http://localhost:50342/oauth2/token"}));
  const HttpRequest request = http.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "http://localhost:50342/oauth2/token");
  EXPECT_EQ(request.body, "resource=https%3A%2F%2Fmanagement.example");
  EXPECT_EQ(request.headers.at("metadata"), "true");
}

TEST_F(ManagedIdentityTest, SaysWhatTheServiceAnswers) {
  http.will_answer(400, R"({"error":"invalid_request","error_description":"Identity not found"})");
  const auto token = fetch(imds());
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(token.error().message, "IMDS answered HTTP 400: invalid_request: Identity not found");
}

TEST_F(ManagedIdentityTest, AsOneOfSeveralWaysFirstLooksForASecondWhetherThereIsAnImds) {
  const auto chain = credential({imds(), AzureCliOptions{.tenant_id = "$not run$"}});
  http.will_answer([this](const HttpRequest& probe, const std::stop_token&) -> Result<HttpResponse> {
    EXPECT_EQ(probe.deadline, clock.steady_now() + seconds{1});
    EXPECT_EQ(probe.retry, RetryRule::never);
    EXPECT_FALSE(probe.headers.contains("metadata"));
    return fail(ErrorKind::timeout, "no connection within 1s");
  });
  EXPECT_THAT(chain->fetch({}).error().message,
              HasSubstr("managed_identity: there is no IMDS: no connection within 1s"));
  EXPECT_THAT(http.requests(), SizeIs(1));
  http.will_answer(400, "");
  http.will_answer(200, kImdsToken);
  http.will_answer(200, kImdsToken);
  EXPECT_TRUE(chain->fetch({}));
  EXPECT_TRUE(chain->fetch({}));
  EXPECT_THAT(http.requests(), SizeIs(4));  // found once, it is not looked for again
}

TEST_F(ManagedIdentityTest, AnswersArcsChallengeWithTheFileThatItNames) {
  will_challenge(folder.write("one.key", "k3y"));
  http.will_answer(200, kImdsToken);
  const auto token = fetch(arc());
  ASSERT_TRUE(token) << token.error().message;
  ASSERT_THAT(http.requests(), SizeIs(2));
  EXPECT_FALSE(http.requests().front().headers.contains("authorization"));
  EXPECT_EQ(http.requests().back().headers.at("authorization"), "Basic k3y");
  EXPECT_EQ(http.requests().back().url, http.requests().front().url);
  EXPECT_THAT(http.requests().back().url, HasSubstr("?api-version=2020-06-01&"));
}

TEST_F(ManagedIdentityTest, ReadsNoOtherFileForArcsChallenge) {
  std::filesystem::create_directory(folder.path("deeper"));
  std::filesystem::create_symlink("/etc/passwd", folder.path("link.key"));
  const TemporaryFolder other;
  for (const std::string& file :
       {other.write("one.key", "k3y"), folder.write("deeper/one.key", "k3y"), folder.write("one.txt", "k3y"),
        folder.path("deeper/../one.key"), folder.path("link.key"), std::string("one.key"), std::string(""),
        folder.path()}) {
    will_challenge(file);
    const auto token = fetch(arc());
    ASSERT_FALSE(token) << file;
    EXPECT_EQ(token.error().kind, ErrorKind::unauthorized) << file;
    EXPECT_THAT(token.error().message, HasSubstr("is no .key file in " + folder.path()));
  }
  EXPECT_THAT(http.requests(), SizeIs(8));  // each challenge unanswered
}

TEST_F(ManagedIdentityTest, SendsNoKeyLargerThanArcsAre) {
  will_challenge(folder.write("one.key", std::string(4097, 'k')));
  EXPECT_THAT(fetch(arc()).error().message, HasSubstr("larger than 4096 bytes"));
}

TEST_F(ManagedIdentityTest, HintsAtTheGroupWhenArcsKeyCannotBeRead) {
  will_challenge(folder.path("absent.key"));
  const auto token = fetch(arc());
  EXPECT_EQ(token.error().kind, ErrorKind::bad_config);
  EXPECT_THAT(token.error().message, HasSubstr("(is the user a member of the group himds?)"));
}

TEST_F(ManagedIdentityTest, TakesNo401WithoutAFileForAChallengeOfArc) {
  http.will_answer(401, "", {{"www-authenticate", "Bearer realm=x"}});
  EXPECT_EQ(fetch(arc()).error().kind, ErrorKind::bad_response);
  will_challenge(folder.write("one.key", "k3y"));
  http.will_answer(401, "", {{"www-authenticate", "Basic realm=" + folder.path("one.key")}});
  EXPECT_EQ(fetch(arc()).error().kind, ErrorKind::unauthorized);  // answered once, not for ever
  EXPECT_THAT(http.requests(), SizeIs(3));
}

}  // namespace
}  // namespace iothub

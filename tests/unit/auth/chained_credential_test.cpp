#include "auth/chained_credential.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_credential.hpp"

namespace iothub {
namespace {

using std::chrono::hours;

class ChainedCredentialTest : public testing::Test {
 protected:
  ChainedCredentialTest() {
    std::vector<ChainedCredential::Link> links;
    links.push_back({"client_secret", std::unique_ptr<Credential>(first)});
    links.push_back({"managed_identity", std::unique_ptr<Credential>(second)});
    chain = std::make_unique<ChainedCredential>(
        std::move(links), std::vector<std::string>{"workload identity: no AZURE_TENANT_ID"});
  }

  static Error error(ErrorKind kind, std::string message) {
    return {.kind = kind, .message = std::move(message)};
  }

  ScriptedCredential* first = new ScriptedCredential;   // NOLINT: the chain owns them
  ScriptedCredential* second = new ScriptedCredential;  // NOLINT
  std::unique_ptr<ChainedCredential> chain;
};

TEST_F(ChainedCredentialTest, KeepsTheFirstThatWorks) {
  first->will_fail(error(ErrorKind::unauthorized, "wrong secret"));
  second->will_give("from the machine", hours{1});
  EXPECT_EQ(chain->fetch({})->value.reveal(), "from the machine");
  second->will_fail(error(ErrorKind::unauthorized, "the identity was taken away"));
  const auto token = chain->fetch({});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().message, "managed_identity: the identity was taken away");
  EXPECT_EQ(first->fetches(), 1);
}

TEST_F(ChainedCredentialTest, TellsEveryReasonWhenNoneWorks) {
  first->will_fail(error(ErrorKind::bad_config, "/secret: is empty"));
  second->will_fail(error(ErrorKind::unauthorized, "there is no IMDS"));
  const auto token = chain->fetch({});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(
      token.error().message,
      "no way to log in works here; client_secret: /secret: is empty; managed_identity: there is no IMDS; "
      "workload identity: no AZURE_TENANT_ID");
}

TEST_F(ChainedCredentialTest, AnIdOfOneRefusalDoesNotHideTheReasonsAfterIt) {
  first->will_fail(error(ErrorKind::unauthorized, "AADSTS7000215 [trace_id a-1]"));
  second->will_fail(error(ErrorKind::unauthorized, "there is no IMDS"));
  const auto token = chain->fetch({});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().cause(), token.error().message);
}

TEST_F(ChainedCredentialTest, TriesAllAgainNextTime) {
  first->will_fail(error(ErrorKind::unauthorized, "not yet"));
  second->will_fail(error(ErrorKind::unauthorized, "not here"));
  ASSERT_FALSE(chain->fetch({}));
  EXPECT_TRUE(chain->fetch({}));
  EXPECT_EQ(first->fetches(), 2);
  EXPECT_EQ(second->fetches(), 1);
}

TEST_F(ChainedCredentialTest, LetsNoOtherIdentityTakeThePlaceOfOneThatFailsForAMoment) {
  for (const ErrorKind kind :
       {ErrorKind::network, ErrorKind::timeout, ErrorKind::server_error, ErrorKind::throttled,
        ErrorKind::bad_response, ErrorKind::internal, ErrorKind::tls, ErrorKind::cancelled}) {
    first->will_fail(error(kind, "a moment"));
    const auto token = chain->fetch({});
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, kind);
    EXPECT_EQ(token.error().message, "client_secret: a moment");
  }
  EXPECT_EQ(second->fetches(), 0);
}

}  // namespace
}  // namespace iothub

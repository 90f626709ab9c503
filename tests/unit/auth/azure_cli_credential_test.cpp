// With a script in the place of `az`, found in $PATH as the real one is.
#include "auth/azure_cli_credential.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/system_clock.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class AzureCliCredentialTest : public testing::Test {
 protected:
  AzureCliCredentialTest() { set_path(folder.path() + ":" + path_before); }
  ~AzureCliCredentialTest() override { set_path(path_before); }
  AzureCliCredentialTest(const AzureCliCredentialTest&) = delete;
  AzureCliCredentialTest& operator=(const AzureCliCredentialTest&) = delete;

  static void set_path(const std::string& path) { setenv("PATH", path.c_str(), 1); }  // NOLINT: one thread

  Result<AccessToken> fetch(const std::string& script, AzureCliOptions options = {},
                            milliseconds limit = seconds{60}) const {
    folder.write_program("az", script);
    AzureCliCredential credential(clock, "https://management.azure.com/.default", std::move(options), limit);
    return credential.fetch({});
  }

  static void expect_refusal(const Result<AccessToken>& token, const std::string& words) {
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().kind, ErrorKind::unauthorized);
    EXPECT_THAT(token.error().message, HasSubstr(words));
  }

  // What `az` prints; the time is a shell expression.
  static std::string printing(const std::string& expiry) {
    return "cat <<END\n{\"accessToken\": \"t0ken\", " + expiry + ", \"tokenType\": \"Bearer\"}\nEND\n";
  }

  SystemClock clock;
  TemporaryFolder folder;
  std::string path_before = std::getenv("PATH");  // NOLINT: one thread
};

TEST_F(AzureCliCredentialTest, TakesTheTokenThatAzPrints) {
  const auto token = fetch("echo \"$@\" > " + folder.path("asked") + "\n" +
                           printing("\"expires_on\": $(($(date +%s) + 3600)), \"expiresOn\": \"nonsense\""));
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_EQ(token->value.reveal(), "t0ken");
  EXPECT_EQ(token->method, "azure_cli");
  EXPECT_NEAR(static_cast<double>(token->lifetime.count()), 3600, 60);
  std::ifstream asked(folder.path("asked"));
  std::string line;
  std::getline(asked, line);
  EXPECT_EQ(line, "account get-access-token --output json --scope https://management.azure.com/.default");
}

TEST_F(AzureCliCredentialTest, ReadsTheLocalTimeOfOlderVersions) {
  const auto token = fetch(printing("\"expiresOn\": \"$(date -d '+1 hour' '+%Y-%m-%d %H:%M:%S.000000')\""));
  ASSERT_TRUE(token) << token.error().message;
  EXPECT_NEAR(static_cast<double>(token->lifetime.count()), 3600, 60);
}

TEST_F(AzureCliCredentialTest, AsksForTheTenantThatIsNamed) {
  const auto token = fetch("echo \"$6 $7 $8\" >&2; exit 1", {.tenant_id = "contoso.example"});
  expect_refusal(token, "https://management.azure.com/.default --tenant contoso.example");
}

TEST_F(AzureCliCredentialTest, SaysWhatAzComplainsOf) {
  expect_refusal(fetch("echo; echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1"),
                 "az ended with code 1: ERROR: Please run 'az login' to setup account.");
  expect_refusal(fetch("exit 2"), "az ended with code 2: no reason given");
}

TEST_F(AzureCliCredentialTest, DoesNotShowWhatAzPrintsInPlaceOfAToken) {
  const auto token = fetch("echo s3cret words");
  expect_refusal(token, "az printed something else than a token");
  EXPECT_THAT(token.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(AzureCliCredentialTest, RefusesATokenThatHasExpired) {
  expect_refusal(fetch(printing("\"expires_on\": 1500000000")), "has expired");
  expect_refusal(fetch(printing("\"expires_on\": null")), "no usable accessToken");
}

TEST_F(AzureCliCredentialTest, IsTimeLimited) {
  const auto token = fetch("sleep 600", {}, milliseconds{50});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::timeout);
}

TEST_F(AzureCliCredentialTest, SaysThatThereIsNoAz) {
  set_path(folder.path());
  AzureCliCredential credential(clock, "https://management.azure.com/.default", {});
  expect_refusal(credential.fetch({}), "az: cannot be run: No such file or directory");
}

TEST_F(AzureCliCredentialTest, GivesAzNothingThatAShellCouldTakeForACommand) {
  const auto token = fetch("touch " + folder.path("ran"), {.tenant_id = "$(reboot)"});
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::bad_config);
  EXPECT_FALSE(std::filesystem::exists(folder.path("ran")));
}

}  // namespace
}  // namespace iothub

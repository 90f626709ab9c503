// Each way to log in, with the real program, over TLS.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/login_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoginTest : public LoginFixture {
 protected:
  void SetUp() override { start_azure(); }
};

TEST_F(LoginTest, BySecretInAFile) {
  write("secret", "s3cret-of-the-test\n");
  expect_login(config_with(principal("client_secret") + "\n    client_secret_file: secret"), {},
               "client_secret");
}

TEST_F(LoginTest, ByCertificate) {
  write("client.pem", registered_key().pem());
  expect_login(config_with(principal("client_certificate") + "\n    certificate_file: client.pem"), {},
               "client_certificate");
}

TEST_F(LoginTest, ByCertificateWithItsChain) {
  write("client.pem", registered_key().pem());
  expect_login(config_with(principal("client_certificate") +
                           "\n    certificate_file: client.pem\n    send_certificate_chain: true"),
               {}, "client_certificate");
}

TEST_F(LoginTest, ByEncryptedPfx) {
  write("client.pfx", registered_key().pfx("p@ssphrase"));
  write("password", "p@ssphrase\n");
  expect_login(config_with(principal("client_certificate") +
                           "\n    certificate_file: client.pfx\n    certificate_password_file: password"),
               {}, "client_certificate");
}

TEST_F(LoginTest, ByCertificateAtAnAdfsServer) {
  start_azure("", "adfs");
  write("client.pem", registered_key().pem());
  expect_login(config_with("type: client_certificate\n    tenant_id: adfs\n    client_id: " +
                           std::string(kClient) + "\n    certificate_file: client.pem"),
               {}, "client_certificate");
}

TEST_F(LoginTest, ByWorkloadIdentity) {
  federated_token();
  expect_login(config_with(principal("workload_identity") + "\n    token_file: token"), {},
               "workload_identity");
}

TEST_F(LoginTest, ByWorkloadIdentityAsKubernetesSetsItUp) {
  expect_login(config_with("type: workload_identity"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kClient},
                {"AZURE_FEDERATED_TOKEN_FILE", federated_token()}},
               "workload_identity");
}

TEST_F(LoginTest, ByTheIdentityOfAVirtualMachine) {
  expect_login(config_with("type: managed_identity"), {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}},
               "managed_identity");
  EXPECT_EQ(requests("imds"), 1U);
}

class UserAssignedLogin : public LoginTest, public testing::WithParamInterface<std::string> {};

TEST_P(UserAssignedLogin, OnAVirtualMachine) {
  expect_login(config_with("type: managed_identity\n    identity: {" + GetParam() + "}"),
               {{"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}}, "managed_identity");
}
TEST_P(UserAssignedLogin, OnAppService) {
  expect_login(config_with("type: managed_identity\n    identity: {" + GetParam() + "}"),
               {{"IDENTITY_ENDPOINT", origin() + "/msi/token"}, {"IDENTITY_HEADER", kIdentityHeader}},
               "managed_identity");
}
INSTANTIATE_TEST_SUITE_P(By, UserAssignedLogin,
                         testing::Values("client_id: " + std::string(kIdentity),
                                         "object_id: 11111111-1111-4111-8111-111111111111",
                                         "resource_id: " + std::string(kIdentityResource)),
                         [](const auto& row) { return row.param.substr(0, row.param.find('_')); });

TEST_F(LoginTest, ByTheIdentityOfAnAppService) {
  expect_login(config_with("type: managed_identity"),
               {{"IDENTITY_ENDPOINT", origin() + "/msi/token"}, {"IDENTITY_HEADER", kIdentityHeader}},
               "managed_identity");
  EXPECT_EQ(requests("app_service"), 1U);
}

TEST_F(LoginTest, ByTheIdentityOfAnOlderAppService) {
  expect_login(config_with("type: managed_identity"),
               {{"MSI_ENDPOINT", origin() + "/msi/token"}, {"MSI_SECRET", kIdentityHeader}},
               "managed_identity");
}

TEST_F(LoginTest, ByTheIdentityOfACloudShell) {
  expect_login(config_with("type: managed_identity"),
               {{"MSI_ENDPOINT", origin() + "/cloudshell/oauth2/token"}}, "managed_identity");
  EXPECT_EQ(requests("cloud_shell"), 1U);
}

TEST_F(LoginTest, ByTheAzureCli) {
  const std::string script = "cat <<END\n{\"accessToken\": \"" + token_of_client() +
                             "\", \"expires_on\": $(($(date +%s) + 3000))}\nEND\n";
  expect_login(config_with("type: azure_cli"), {{"PATH", path_with_az(script)}}, "azure_cli");
}

TEST_F(LoginTest, ByASecretInTheEnvironment) {
  expect_login(config_with("type: environment"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kClient},
                {"AZURE_CLIENT_SECRET", "s3cret-of-the-test"},
                {"AZURE_AUTHORITY_HOST", origin() + "/"}},
               "client_secret");
}

TEST_F(LoginTest, ByACertificateThatTheEnvironmentNames) {
  expect_login(config_with("type: environment"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kClient},
                {"AZURE_CLIENT_CERTIFICATE_PATH", write("client.pem", registered_key().pem("p@ssphrase"))},
                {"AZURE_CLIENT_CERTIFICATE_PASSWORD", "p@ssphrase"},
                {"AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", "1"}},
               "client_certificate");
}

TEST_F(LoginTest, AutomaticallyByTheEnvironmentFirst) {
  expect_login(config_with("type: auto"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kClient},
                {"AZURE_CLIENT_SECRET", "s3cret-of-the-test"},
                {"AZURE_FEDERATED_TOKEN_FILE", federated_token()},
                {"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}},
               "client_secret");
  EXPECT_EQ(requests("imds"), 0U);
}

TEST_F(LoginTest, AutomaticallyByTheMachineIfTheEnvironmentsSecretIsWrong) {
  expect_login(config_with("type: auto"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kIdentity},
                {"AZURE_CLIENT_SECRET", "wr0ng"},
                {"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}},
               "managed_identity");
  secrets.emplace_back("wr0ng");
  EXPECT_EQ(requests("token"), 1U) << "and the secret of the environment is not tried again";
}

TEST_F(LoginTest, NotAsAnotherIdentityWhileEntraIdIsOutOfOrder) {
  set_faults("[{operation: token, status: 408, times: 3}]");
  expect_login(config_with("type: auto"),
               {{"AZURE_TENANT_ID", kTenant},
                {"AZURE_CLIENT_ID", kClient},
                {"AZURE_CLIENT_SECRET", "s3cret-of-the-test"},
                {"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}},
               "client_secret");
  EXPECT_EQ(requests("imds"), 0U);
}

TEST_F(LoginTest, AutomaticallyByTheCliIfThereIsNothingElse) {
  const std::string script = "cat <<END\n{\"accessToken\": \"" + token_of_client() +
                             "\", \"expires_on\": $(($(date +%s) + 3000))}\nEND\n";
  set_faults("[{operation: imds, action: hang}]");
  expect_login(config_with("type: auto"),
               {{"PATH", path_with_az(script)}, {"AZURE_POD_IDENTITY_AUTHORITY_HOST", origin()}},
               "azure_cli");
}

// Azure Arc's agent writes its keys to one folder of the system, which not every machine lets a test write.
TEST_F(LoginTest, ByTheIdentityOfAMachineWithAzureArc) {
  const std::string folder = "/var/opt/azcmagent/tokens";
  std::error_code error;
  const bool was_there = std::filesystem::exists("/var/opt/azcmagent");
  std::filesystem::create_directories(folder, error);
  if (error || access(folder.c_str(), W_OK) != 0) {
    GTEST_SKIP() << folder << " cannot be written here";
  }
  start_azure("arc: {key_folder: " + folder + "}\n");
  expect_login(
      config_with("type: managed_identity"),
      {{"IDENTITY_ENDPOINT", origin() + "/arc/metadata/identity/oauth2/token"}, {"IMDS_ENDPOINT", origin()}},
      "managed_identity");
  EXPECT_EQ(requests("arc"), 2U);
  if (!was_there) {
    std::filesystem::remove_all("/var/opt/azcmagent");
  }
}

class RotationTest : public LoginTest {};

TEST_F(RotationTest, ASecretThatIsReplacedInItsFileIsUsedForTheNextToken) {
  write("secret", "s3cret-of-the-test");
  expect_login(config_with(principal("client_secret") + "\n    client_secret_file: secret"), {},
               "client_secret");
  azure_simulator::ClientChange change;
  change.secret = "n3w-secret";
  ASSERT_TRUE(simulator->service().change_client(kClient, change));
  write("secret", "n3w-secret");
  simulator->service().expire_tokens(azure_simulator::system_clock()());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"))
      << "was asked before the tokens expired, perhaps";
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(requests("token"), 2U);
  EXPECT_EQ(value(metrics(), "azure_iothub_poll_errors_total{hub=\"testHub\",reason=\"unauthorized\"}"), "0");
}

TEST_F(RotationTest, ACertificateThatIsReplacedInItsFileIsUsedForTheNextToken) {
  const ClientKey next;
  write("client.pem", registered_key().pem());
  expect_login(config_with(principal("client_certificate") + "\n    certificate_file: client.pem"), {},
               "client_certificate");
  azure_simulator::ClientChange change;
  change.certificates = {next.certificate_pem()};
  ASSERT_TRUE(simulator->service().change_client(kClient, change));
  write("client.pem", next.pem());
  simulator->service().expire_tokens(azure_simulator::system_clock()());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(requests("token"), 2U);
  EXPECT_EQ(value(metrics(), "azure_iothub_poll_errors_total{hub=\"testHub\",reason=\"unauthorized\"}"), "0");
}

TEST_F(RotationTest, AFileThatHasGoneIsToldWhenATokenIsNeeded) {
  write("secret", "s3cret-of-the-test");
  expect_login(config_with(principal("client_secret") + "\n    client_secret_file: secret"), {},
               "client_secret");
  std::filesystem::remove(path("secret"));
  simulator->service().expire_tokens(azure_simulator::system_clock()());
  const auto line = exporter->line_with("level=warn msg=\"token could not be renewed");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("secret: cannot be read: No such file or directory"));
  EXPECT_EQ(requests("token"), 1U);
}

TEST_F(LoginTest, RepeatsWhatFailsForAMoment) {
  set_faults(
      "[{operation: token, status: 503, headers: {Retry-After: '1'}, times: 1}, "
      "{operation: list_jobs, hub: testHub, action: close, times: 2}]");
  expect_login(config(), {}, "client_secret");
  const std::string page = metrics();
  EXPECT_EQ(value(page, "iothub_job_exporter_api_retries_total{api=\"token\"}"), "1");
  EXPECT_NE(value(page, "iothub_job_exporter_api_retries_total{api=\"list_jobs\"}"), "0");
  EXPECT_EQ(value(page, "azure_iothub_poll_errors_total{hub=\"testHub\",reason=\"network\"}"), "0");
  EXPECT_THAT(exporter->output(), Not(HasSubstr("level=warn")));
}

}  // namespace
}  // namespace iothub

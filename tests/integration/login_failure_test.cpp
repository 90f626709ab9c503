// What the log, the counters and Azure see when logging in fails: one line with the cause, the reason, and no
// more requests than are any use.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/login_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;

struct Failure {
  std::string name;
  std::string credential;  // its YAML
  Program::Variables variables;
  std::string faults;
  std::string cause;      // what the log says of it
  std::string reason;     // of the polls that fail
  std::string operation;  // that is asked, and how often at most
  std::uint64_t requests;
};

const std::string kPrincipal =
    "tenant_id: 6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11\n    client_id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822\n  "
    "  ";

// Another principal's key: Azure has never seen its certificate.
const ClientKey& stranger() {
  static const ClientKey key;
  return key;
}

class LoginFailure : public LoginFixture, public testing::WithParamInterface<Failure> {
 protected:
  [[nodiscard]] std::uint64_t runs_of_az() const {
    std::ifstream runs(path("runs"));
    return static_cast<std::uint64_t>(std::count(std::istreambuf_iterator<char>(runs), {}, '\n'));
  }
};

// @ORIGIN@ stands for the simulated Azure, @FOLDER@ for the test's.
std::string filled(std::string text, const std::string& origin, const std::string& folder) {
  for (const auto& [name, value] :
       {std::pair<std::string, std::string>{"@ORIGIN@", origin}, {"@FOLDER@", folder}}) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

TEST_P(LoginFailure, IsToldOnceAndAskedNoMoreThanIsAnyUse) {
  const Failure& failure = GetParam();
  start_azure("arc: {key_folder: " + path(".") + ", realm: /etc/shadow.key}\n");
  write("registered.pem", registered_key().pem());
  write("unregistered.pem", stranger().pem());
  write("expired.pem", ClientKey(-60).pem());
  write("encrypted.pem", registered_key().pem("p@ssphrase"));
  write("keyless.pem", registered_key().certificate_pem());
  write("empty", "");
  write("federated",
        simulator->service().federated_token({.issuer = "https://oidc.example/", .subject = "somebody"},
                                             azure_simulator::system_clock()()));
  write("broken.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
  write("password", "wr0ng");
  path_with_az("echo run >> " + path("runs") +
               "\nif test \"$AZ_MODE\" = complaining; then\n"
               "echo 'WARNING: a token is old: eyJr0ses.r0ses.r0ses' >&2\n"
               "echo \"ERROR: Please run 'az login'; Bearer r0sesr0sesr0sesr0sesr0ses\" >&2\nexit 1\nfi\n"
               "echo 'You are not logged in, but here is a poem: r0ses'");
  secrets.insert(secrets.end(), {"wr0ng", "r0ses"});
  azure_simulator::ClientChange change;
  change.secret_expired = failure.name == "ExpiredSecret";
  ASSERT_TRUE(simulator->service().change_client(kClient, change));
  if (!failure.faults.empty()) {
    set_faults(failure.faults);
  }
  Program::Variables variables = failure.variables;
  for (auto& [name, value] : variables) {
    value = filled(value, origin(), path("."));
  }
  if (failure.reason == "throttled") {
    request_timeout = "3s";  // for as long as that, a poll asks again as often as it may
  }
  start_exporter(config_with(filled(failure.credential, origin(), path("."))), variables);

  const auto line = exporter->line_with("msg=\"no token");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("level=warn"));
  EXPECT_THAT(*line, HasSubstr("credential=default"));
  EXPECT_THAT(*line, HasSubstr(failure.cause));
  for (int polls = 0; polls < 2; ++polls) {
    ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=testHub")) << exporter->output();
    ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=otherHub")) << exporter->output();
  }
  EXPECT_EQ(lines_with({"level=warn"}), 1) << exporter->output();
  const std::string page = metrics();
  for (const std::string hub : {"testHub", "otherHub"}) {
    EXPECT_NE(
        value(page, "azure_iothub_poll_errors_total{hub=\"" + hub + "\",reason=\"" + failure.reason + "\"}"),
        "0")
        << page;
    EXPECT_EQ(value(page, "azure_iothub_up{hub=\"" + hub + "\"}"), "0");
  }
  EXPECT_EQ(value(page, "iothub_job_exporter_token_refresh_errors_total{credential=\"default\"}"), "1");
  EXPECT_EQ(failure.operation == "az" ? runs_of_az() : requests(failure.operation), failure.requests);
  EXPECT_EQ(requests("list_jobs") + requests("get_hub"), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Entra, LoginFailure,
    testing::Values(
        Failure{"WrongSecret",
                "type: client_secret\n    " + kPrincipal + "client_secret: wr0ng",
                {},
                "",
                "AADSTS7000215: wrong client secret",
                "unauthorized",
                "token",
                1},
        Failure{"ExpiredSecret",
                "type: client_secret\n    " + kPrincipal + "client_secret: s3cret-of-the-test",
                {},
                "",
                "AADSTS7000222: the client secret has expired",
                "unauthorized",
                "token",
                1},
        Failure{"WrongTenant",
                "type: client_secret\n    tenant_id: 00000000-1111-4222-8333-444444444444\n    "
                "client_id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822\n    client_secret: s3cret-of-the-test",
                {},
                "",
                "AADSTS90002: the tenant does not exist",
                "unauthorized",
                "token",
                1},
        Failure{"WrongClient",
                "type: client_secret\n    tenant_id: 6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11\n    "
                "client_id: 00000000-1111-4222-8333-444444444444\n    client_secret: s3cret-of-the-test",
                {},
                "",
                "AADSTS700016: the client id is not known in this tenant",
                "unauthorized",
                "token",
                1},
        Failure{"UnregisteredCertificate",
                "type: client_certificate\n    " + kPrincipal + "certificate_file: unregistered.pem",
                {},
                "",
                "AADSTS700027: the certificate is not registered",
                "unauthorized",
                "token",
                1},
        Failure{"ExpiredCertificate",
                "type: client_certificate\n    " + kPrincipal + "certificate_file: expired.pem",
                {},
                "",
                "(the certificate has expired)",
                "unauthorized",
                "token",
                1},
        Failure{"CertificateWithoutKey",
                "type: client_certificate\n    " + kPrincipal + "certificate_file: keyless.pem",
                {},
                "",
                "keyless.pem: has no private key that can be read",
                "unauthorized",
                "token",
                0},
        Failure{"EncryptedKeyWithoutPassword",
                "type: client_certificate\n    " + kPrincipal + "certificate_file: encrypted.pem",
                {},
                "",
                "encrypted.pem: the private key is encrypted, but there is no password for it",
                "unauthorized",
                "token",
                0},
        Failure{"UnreadableKey",
                "type: client_certificate\n    " + kPrincipal + "certificate_file: broken.pem",
                {},
                "",
                "broken.pem: has no private key that can be read",
                "unauthorized",
                "token",
                0},
        Failure{"WrongPassword",
                "type: client_certificate\n    " + kPrincipal +
                    "certificate_file: encrypted.pem\n    certificate_password_file: password",
                {},
                "",
                "encrypted.pem: the private key cannot be decrypted with this password",
                "unauthorized",
                "token",
                0},
        Failure{"MissingFile",
                "type: workload_identity\n    " + kPrincipal + "token_file: absent",
                {},
                "",
                "absent: cannot be read: No such file or directory",
                "unauthorized",
                "token",
                0},
        Failure{"EmptyFile",
                "type: workload_identity\n    " + kPrincipal + "token_file: empty",
                {},
                "",
                "empty: is empty",
                "unauthorized",
                "token",
                0},
        Failure{"UntrustedWorkload",
                "type: workload_identity\n    " + kPrincipal + "token_file: federated",
                {},
                "",
                "AADSTS700213: no federated credential of this client has the token's subject",
                "unauthorized",
                "token",
                1},
        Failure{"UnreachableAuthority",
                "type: client_secret\n    authority_host: https://127.0.0.1:1\n    " + kPrincipal +
                    "client_secret: s3cret-of-the-test",
                {},
                "",
                "connection refused",
                "network",
                "token",
                0}),
    [](const auto& row) { return row.param.name; });

const Program::Variables kImds{{"AZURE_POD_IDENTITY_AUTHORITY_HOST", "@ORIGIN@"}};

Failure imds(const std::string& name, const std::string& fault, const std::string& cause,
             const std::string& reason, std::uint64_t requests) {
  return {name,   "type: managed_identity",
          kImds,  "[{operation: imds, headers: {Retry-After: '1'}, " + fault + "}]",
          cause,  reason,
          "imds", requests};
}

INSTANTIATE_TEST_SUITE_P(
    Machine, LoginFailure,
    testing::Values(
        Failure{"UnknownIdentity",
                "type: managed_identity\n    identity: {client_id: 00000000-1111-4222-8333-444444444444}",
                kImds, "", "IMDS answered HTTP 400: invalid_request: Identity not found", "unauthorized",
                "imds", 1},
        imds("ImdsAnswers400", "status: 400", "IMDS answered HTTP 400", "unauthorized", 1),
        imds("ImdsAnswers404", "status: 404", "IMDS answered HTTP 404", "unauthorized", 3),
        imds("ImdsAnswers410", "status: 410", "IMDS answered HTTP 410", "server_error", 7),
        imds("ImdsAnswers429", "status: 429", "IMDS answered HTTP 429", "throttled", 3),
        imds("ImdsAnswers500", "status: 500", "IMDS answered HTTP 500", "server_error", 3),
        Failure{"AppServiceHeader",
                "type: managed_identity",
                {{"IDENTITY_ENDPOINT", "@ORIGIN@/msi/token"}, {"IDENTITY_HEADER", "wr0ng"}},
                "",
                "App Service answered HTTP 403",
                "unauthorized",
                "app_service",
                1},
        Failure{"ArcFileOutsideItsFolder",
                "type: managed_identity",
                {{"IDENTITY_ENDPOINT", "@ORIGIN@/arc/metadata/identity/oauth2/token"},
                 {"IMDS_ENDPOINT", "@ORIGIN@"}},
                "",
                "Azure Arc's challenge names a file that is no .key file in /var/opt/azcmagent/tokens",
                "unauthorized",
                "arc",
                1},
        Failure{"CliAbsent",
                "type: azure_cli",
                {{"PATH", "@FOLDER@"}},
                "",
                "az: cannot be run: No such file or directory",
                "unauthorized",
                "az",
                0},
        Failure{"CliPrintingText",
                "type: azure_cli",
                {{"PATH", "@FOLDER@/bin:/usr/bin:/bin"}},
                "",
                "az printed something else than a token",
                "unauthorized",
                "az",
                1},
        Failure{"CliNotLoggedIn",
                "type: azure_cli",
                {{"PATH", "@FOLDER@/bin:/usr/bin:/bin"}, {"AZ_MODE", "complaining"}},
                "",
                "az ended with code 1: ERROR: Please run 'az login'; Bearer ***",
                "unauthorized",
                "az",
                1},
        Failure{"NothingThatWorks",
                "type: auto",
                {{"PATH", "@FOLDER@"},
                 {"AZURE_TENANT_ID", "6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11"},
                 {"AZURE_POD_IDENTITY_AUTHORITY_HOST", "https://127.0.0.1:1"}},
                "",
                "no way to log in works here; managed_identity: there is no IMDS",
                "unauthorized",
                "token",
                0}),
    [](const auto& row) { return row.param.name; });

class ClockSkew : public LoginFixture {};

TEST_F(ClockSkew, OfMoreThanAMinuteIsToldOnce) {
  auto scenario = azure_simulator::load_scenario(kScenario, "scenario");
  ASSERT_TRUE(scenario);
  const auto real = azure_simulator::system_clock();
  auto started = azure_simulator::Simulator::start(
      {.scenario = *std::move(scenario), .clock = [real] { return real() + std::chrono::minutes{4}; }});
  ASSERT_TRUE(started);
  simulator = *std::move(started);
  write("ca.pem", simulator->ca_pem());
  start_exporter(config());
  const auto line = exporter->line_with("the clock is behind Azure's");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, testing::ContainsRegex("by=(3m5[0-9]s|4m)$"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(lines_with({"the clock is"}), 1);
}

}  // namespace
}  // namespace iothub

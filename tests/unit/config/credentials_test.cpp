// Service principals and workload identities: what is written down, and what comes from the environment.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_loader.hpp"
#include "support/temporary_folder.hpp"
#include "unit/config/parsing.hpp"

namespace iothub {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kApplication = "tenant_id: " + kTenant + ", client_id: " + kClient;

class CredentialFiles : public testing::Test {
 protected:
  TemporaryFolder folder;
};

TEST(Credentials, TakesASecretThatIsWrittenDown) {
  const auto credential_options =
      credential("type: client_secret, client_secret: \"${S}\", " + kApplication, {{"S", "from-a-variable"}});
  const auto options = method<ClientSecretOptions>(credential_options);
  EXPECT_EQ(options.tenant_id, kTenant);
  EXPECT_EQ(options.client_id, kClient);
  EXPECT_EQ(std::get<Secret>(options.client_secret).reveal(), "from-a-variable");
  EXPECT_EQ(credential_options.authority_host, "https://login.microsoftonline.com");
  EXPECT_EQ(credential_options.scope, "https://management.azure.com/.default");
  EXPECT_TRUE(credential_options.left_out.empty());
}

TEST(Credentials, KeepsOnlyThoseThatHubsUseSortedByName) {
  const std::string secret =
      "{type: client_secret, tenant_id: a.b, client_id: " + kClient + ", client_secret: x}";
  const Config config =
      good("credentials: {zeta: " + secret + ", alpha: " + secret + ", unused: " + secret +
               "}\nhubs: [{resource_id: " + resource_id("one") +
               ", credential: zeta}, {resource_id: " + resource_id("two") + ", credential: alpha}]\n",
           {});
  ASSERT_EQ(config.credentials.size(), 2U);
  EXPECT_EQ(config.credentials[0].name, "alpha");
  EXPECT_EQ(config.credentials[1].name, "zeta");
}

TEST_F(CredentialFiles, TakesACertificateWithEveryKey) {
  folder.write("app.pem", "its content is not the configuration's business");
  folder.write("app.password", "open sesame\n");
  const auto path =
      folder.write("exporter.yaml", "credentials:\n  default:\n    type: client_certificate\n" +
                                        ("    tenant_id: contoso.example\n    client_id: " + kClient) +
                                        "\n    certificate_file: app.pem\n"
                                        "    certificate_password_file: app.password\n"
                                        "    send_certificate_chain: true\n" +
                                        hub("testHub"));
  const auto config = load_config(path, [](const std::string&) { return std::nullopt; });
  ASSERT_TRUE(config) << config.error().front().message;
  const auto options = method<ClientCertificateOptions>(config->credentials.at(0));
  EXPECT_EQ(options.tenant_id, "contoso.example");
  EXPECT_EQ(options.client_id, kClient);
  EXPECT_EQ(options.certificate_file, folder.path("app.pem"));
  ASSERT_TRUE(options.password);
  EXPECT_EQ(std::get<SecretFile>(*options.password).path, folder.path("app.password"));
  EXPECT_TRUE(options.send_certificate_chain);
}

TEST_F(CredentialFiles, TakesACertificateWithoutPasswordAndChain) {
  const auto options = method<ClientCertificateOptions>(credential(
      "type: client_certificate, certificate_file: " + folder.write("app.pfx", std::string("\0\x30", 2)) +
      ", " + kApplication));
  EXPECT_FALSE(options.password);
  EXPECT_FALSE(options.send_certificate_chain);
}

TEST(Credentials, NeverShowsACertificateThatIsWrittenInPlaceOfItsFile) {
  EXPECT_THAT(credential_errors("type: client_certificate, certificate_file: \"" + std::string(300, '/') +
                                "s3cr3t\", " + kApplication),
              ElementsAre(AllOf(HasSubstr("the file named here cannot be read"), Not(HasSubstr("s3cr3t")))));
  EXPECT_THAT(credential_errors("type: client_certificate, certificate_file: \"s3cr3t\\n\", " + kApplication),
              ElementsAre(AllOf(HasSubstr("found a line break"), Not(HasSubstr("s3cr3t")))));
}

TEST(Credentials, TakesAWorkloadIdentityFromTheVariablesOfTheCluster) {
  const Variables variables{{"AZURE_TENANT_ID", kTenant},
                            {"AZURE_CLIENT_ID", kClient},
                            {"AZURE_FEDERATED_TOKEN_FILE", "/not/there/yet"},
                            {"AZURE_AUTHORITY_HOST", "https://login.example.com/"}};
  const auto found = credential("type: workload_identity", variables);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).tenant_id, kTenant);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).client_id, kClient);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).token_file, "/not/there/yet");
  EXPECT_EQ(found.authority_host, "https://login.example.com");
}

TEST(Credentials, TakesAWorkloadIdentityThatIsWrittenDownBeforeTheVariables) {
  const Variables variables{{"AZURE_TENANT_ID", "other.example"},
                            {"AZURE_CLIENT_ID", "unread"},
                            {"AZURE_FEDERATED_TOKEN_FILE", "/unread"},
                            {"AZURE_AUTHORITY_HOST", "unread"}};
  const auto found = credential(
      "type: workload_identity, token_file: /var/token, authority_host: https://login.example.com, " +
          kApplication,
      variables);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).tenant_id, kTenant);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).client_id, kClient);
  EXPECT_EQ(method<WorkloadIdentityOptions>(found).token_file, "/var/token");
  EXPECT_EQ(found.authority_host, "https://login.example.com");
}

TEST(Credentials, ExpectsAWorkloadIdentitysTokenWhereTheClusterPutsIt) {
  EXPECT_EQ(
      method<WorkloadIdentityOptions>(credential("type: workload_identity, " + kApplication)).token_file,
      "/var/run/secrets/azure/tokens/azure-identity-token");
}

TEST(Credentials, SaysWhichVariableAWorkloadIdentityLacks) {
  EXPECT_THAT(
      credential_errors("type: workload_identity", {{"AZURE_TENANT_ID", "s3cr3t"}}),
      ElementsAre("exporter.yaml:1:24: credentials.default: AZURE_TENANT_ID is not what it should be, "
                  "expected the tenant's GUID or domain name",
                  "exporter.yaml:1:24: credentials.default: client_id is missing and AZURE_CLIENT_ID "
                  "is not set, expected a GUID like 91d12660-3dec-467a-be2a-213b5544ddc0"));
}

TEST(Credentials, TakesTheTenantOfTheAzureCli) {
  EXPECT_EQ(method<AzureCliOptions>(credential("type: azure_cli")).tenant_id, "");
  EXPECT_EQ(method<AzureCliOptions>(credential("type: azure_cli, tenant_id: a.example")).tenant_id,
            "a.example");
  EXPECT_THAT(credential_errors("type: azure_cli, tenant_id: --help"),
              ElementsAre(HasSubstr("expected the tenant's GUID or domain name")));
}

TEST(Credentials, AskAdfsWhereItIs) {
  const std::string adfs =
      "type: client_secret, tenant_id: ADFS, client_secret: x, client_id: " + kClient + ", authority_host: ";
  for (const char* host : {"https://fs.example.com", "https://fs.example.com/adfs/"}) {
    const auto found = credential(adfs + host);
    EXPECT_EQ(found.authority_host, "https://fs.example.com");
    EXPECT_EQ(method<ClientSecretOptions>(found).tenant_id, "adfs");
  }
  EXPECT_THAT(
      credential_errors(adfs + "\"\""),
      ElementsAre(HasSubstr("default.tenant_id: found adfs, which Entra ID does not know, expected the "
                            "address of the AD FS server as authority_host")));
}

TEST(Credentials, AskAdfsOfTheEnvironmentWhereItIs) {
  Variables variables = with(service_principal(), "AZURE_TENANT_ID", "adfs");
  EXPECT_THAT(credential_errors("type: environment", variables),
              ElementsAre(HasSubstr("AZURE_TENANT_ID is adfs, which Entra ID does not know, expected the "
                                    "address of the AD FS server as AZURE_AUTHORITY_HOST")));
  variables["AZURE_AUTHORITY_HOST"] = "https://fs.example.com/adfs/";
  EXPECT_EQ(credential("type: environment", variables).authority_host, "https://fs.example.com");
}

TEST(Credentials, TakesTheSecretOfTheEnvironmentBeforeItsCertificate) {
  const auto options = method<ClientSecretOptions>(
      credential("type: environment",
                 with(service_principal(), "AZURE_CLIENT_CERTIFICATE_PATH", "/does/not/exist.pem")));
  EXPECT_EQ(options.tenant_id, kTenant);
  EXPECT_EQ(options.client_id, kClient);
  EXPECT_EQ(std::get<Secret>(options.client_secret).reveal(), "from-the-environment");
}

TEST_F(CredentialFiles, TakesTheCertificateOfTheEnvironment) {
  Variables variables{{"AZURE_TENANT_ID", kTenant},
                      {"AZURE_CLIENT_ID", kClient},
                      {"AZURE_CLIENT_CERTIFICATE_PATH", folder.write("app.pem", "x")}};
  auto options = method<ClientCertificateOptions>(credential("type: environment", variables));
  EXPECT_EQ(options.certificate_file, variables["AZURE_CLIENT_CERTIFICATE_PATH"]);
  EXPECT_FALSE(options.password);
  EXPECT_FALSE(options.send_certificate_chain);
  variables["AZURE_CLIENT_CERTIFICATE_PASSWORD"] = "open sesame";
  for (const char* yes : {"1", "true", "True"}) {
    variables["AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"] = yes;
    options = method<ClientCertificateOptions>(credential("type: environment", variables));
    ASSERT_TRUE(options.password);
    EXPECT_EQ(std::get<Secret>(*options.password).reveal(), "open sesame");
    EXPECT_TRUE(options.send_certificate_chain) << yes;
  }
}

TEST_F(CredentialFiles, RefusesACertificateOfTheEnvironmentThatCannotBeRead) {
  Variables variables{{"AZURE_TENANT_ID", kTenant}, {"AZURE_CLIENT_ID", kClient}};
  variables["AZURE_CLIENT_CERTIFICATE_PATH"] = "/s3cr3t";
  EXPECT_THAT(
      credential_errors("type: environment", variables),
      ElementsAre(AllOf(HasSubstr("AZURE_CLIENT_CERTIFICATE_PATH names a file that cannot be read: No such "
                                  "file or directory; expected one with the certificate"),
                        Not(HasSubstr("s3cr3t")))));
  variables["AZURE_CLIENT_CERTIFICATE_PATH"] = folder.write("empty.pem", "");
  EXPECT_THAT(credential_errors("type: environment", variables),
              ElementsAre(HasSubstr("AZURE_CLIENT_CERTIFICATE_PATH names a file that is empty")));
}

TEST(Credentials, NameEveryVariableThatTypeEnvironmentLacks) {
  EXPECT_THAT(
      credential_errors("type: environment"),
      ElementsAre(
          "exporter.yaml:1:24: credentials.default: AZURE_TENANT_ID, AZURE_CLIENT_ID and "
          "AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) are not set; type environment takes "
          "everything from the environment"));
  EXPECT_THAT(
      credential_errors("type: environment", with(service_principal(), "AZURE_CLIENT_SECRET", "")),
      ElementsAre(
          "exporter.yaml:1:24: credentials.default: AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) "
          "is not set; type environment takes everything from the environment"));
}

TEST(Credentials, CheckTheVariablesOfTypeEnvironmentWithoutShowingThem) {
  const auto complaint = [](const std::string& name, const std::string& value) {
    const auto messages = credential_errors("type: environment", with(service_principal(), name, value));
    EXPECT_THAT(messages, ElementsAre(Not(HasSubstr("s3cr3t"))));
    return messages.empty() ? "" : messages.front();
  };
  EXPECT_THAT(complaint("AZURE_CLIENT_ID", "s3cr3t"),
              HasSubstr("AZURE_CLIENT_ID is not what it should be, expected a GUID"));
  EXPECT_THAT(complaint("AZURE_TENANT_ID", "common"), HasSubstr("AZURE_TENANT_ID is not what it should be"));
  EXPECT_THAT(
      complaint("AZURE_CLIENT_SECRET", "s3cr3t\n"),
      HasSubstr("AZURE_CLIENT_SECRET is not what it should be, expected the client secret on one line"));
  EXPECT_THAT(complaint("AZURE_AUTHORITY_HOST", "http://s3cr3t.example"),
              HasSubstr("AZURE_AUTHORITY_HOST is not what it should be, expected an address"));
}

TEST(Credentials, AskTheAuthorityThatIsNamedClosest) {
  for (const std::string type : {"auto", "environment", "workload_identity"}) {
    Variables variables =
        with(service_principal(), "AZURE_AUTHORITY_HOST", "https://environment.example.com/");
    const auto authority = [&](const std::string& text, const std::string& keys = "") {
      return good(text + "credentials: {default: {type: " + type + keys + "}}\n" + hub("testHub"), variables)
          .credentials.at(0)
          .authority_host;
    };
    EXPECT_EQ(authority(""), "https://environment.example.com");
    const std::string azure = "azure: {authority_host: \"https://azure.example.com\"}\n";
    EXPECT_EQ(authority(azure), "https://azure.example.com");
    EXPECT_EQ(authority(azure, ", authority_host: \"https://own.example.com\""), "https://own.example.com");
  }
}

TEST(Credentials, SayWhichTypeUsesTheKeys) {
  EXPECT_THAT(credential_errors(kApplication),
              ElementsAre(HasSubstr("default.tenant_id: not used by type auto, expected type: client_secret, "
                                    "client_certificate or workload_identity beside it")));
  EXPECT_THAT(
      credential_errors("identity: {client_id: " + kClient + "}"),
      ElementsAre(HasSubstr("default.identity: not used by type auto, expected type: managed_identity")));
  EXPECT_THAT(credential_errors("type: managed_identity, token_file: x, authority_host: y"),
              ElementsAre(HasSubstr("default.token_file: not used by type managed_identity, expected type: "
                                    "workload_identity beside it")));
}

TEST(Credentials, ComplainAboutEveryKeyOfOtherTypesIfNoTypeUsesThemAll) {
  EXPECT_THAT(credential_errors("type: azure_cli, token_file: x, certificate_file: y"),
              ElementsAre(HasSubstr("default.token_file: not used by type azure_cli, expected type: "
                                    "workload_identity beside it"),
                          HasSubstr("default.certificate_file: not used by type azure_cli, expected type: "
                                    "client_certificate beside it")));
}

}  // namespace
}  // namespace iothub

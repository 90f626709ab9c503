// Type auto: what is tried, and what is said about the rest.
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/parsing.hpp"

namespace iothub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CredentialOptions chain(const Variables& variables) {
  return good(hub("testHub"), variables).credentials.at(0);
}

std::vector<std::string> names(const CredentialOptions& credential) {
  struct Name {
    std::string operator()(const ClientSecretOptions&) const { return "secret"; }
    std::string operator()(const ClientCertificateOptions&) const { return "certificate"; }
    std::string operator()(const WorkloadIdentityOptions&) const { return "workload"; }
    std::string operator()(const ManagedIdentityOptions&) const { return "managed"; }
    std::string operator()(const AzureCliOptions&) const { return "cli"; }
  };
  std::vector<std::string> names;
  for (const CredentialMethod& one : credential.methods) {
    names.push_back(std::visit(Name{}, one));
  }
  return names;
}

const ManagedIdentityOptions& managed(const CredentialOptions& credential) {
  return std::get<ManagedIdentityOptions>(credential.methods.at(credential.methods.size() - 2));
}

TEST(AutoCredential, NeedsNoVariableAtAll) {
  const auto credential = chain({});
  EXPECT_EQ(credential.name, "default");
  EXPECT_THAT(names(credential), ElementsAre("managed", "cli"));
  EXPECT_EQ(managed(credential).source, IdentitySource::imds);
  EXPECT_FALSE(managed(credential).identity);
  EXPECT_THAT(
      credential.left_out,
      ElementsAre(
          "environment: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or "
          "AZURE_CLIENT_CERTIFICATE_PATH) are not set",
          "workload_identity: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not set"));
}

TEST(AutoCredential, TriesAllThatMayWorkInTheOrderOfAzuresLibraries) {
  const auto credential = chain(with(service_principal(), "AZURE_FEDERATED_TOKEN_FILE", "/var/token"));
  EXPECT_THAT(names(credential), ElementsAre("secret", "workload", "managed", "cli"));
  EXPECT_THAT(credential.left_out, IsEmpty());
  EXPECT_EQ(std::get<WorkloadIdentityOptions>(credential.methods[1]).token_file, "/var/token");
}

TEST(AutoCredential, LeavesOutWhatIsHalfSetOrMalformed) {
  const auto half = chain({{"AZURE_TENANT_ID", kTenant}, {"AZURE_CLIENT_ID", kClient}});
  EXPECT_THAT(names(half), ElementsAre("managed", "cli"));
  EXPECT_THAT(half.left_out,
              ElementsAre("environment: AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) is not set",
                          "workload_identity: AZURE_FEDERATED_TOKEN_FILE is not set"));
  const auto malformed = chain(with(service_principal(), "AZURE_CLIENT_ID", "s3cr3t"));
  EXPECT_THAT(names(malformed), ElementsAre("cli"));
  EXPECT_THAT(malformed.left_out,
              ElementsAre("environment: AZURE_CLIENT_ID is not what it should be, expected a GUID like "
                          "91d12660-3dec-467a-be2a-213b5544ddc0",
                          "workload_identity: AZURE_FEDERATED_TOKEN_FILE is not set",
                          "managed_identity: AZURE_CLIENT_ID is not what it should be, expected a GUID like "
                          "91d12660-3dec-467a-be2a-213b5544ddc0"));
}

TEST(AutoCredential, ChoosesTheManagedIdentityOfTheClientIdWhereThatIsPossible) {
  const auto on_a_machine = managed(chain({{"AZURE_CLIENT_ID", kClient}}));
  ASSERT_TRUE(on_a_machine.identity);
  EXPECT_EQ(on_a_machine.identity->kind, UserAssignedIdentity::Kind::client_id);
  EXPECT_EQ(on_a_machine.identity->id, kClient);
  const auto in_cloud_shell =
      managed(chain({{"AZURE_CLIENT_ID", kClient}, {"MSI_ENDPOINT", "http://localhost:50342/oauth2/token"}}));
  EXPECT_EQ(in_cloud_shell.source, IdentitySource::cloud_shell);
  EXPECT_FALSE(in_cloud_shell.identity);
}

TEST(AutoCredential, LeavesOutAnIdentityServiceThatIsNotSafeToAsk) {
  const auto credential = chain({{"MSI_ENDPOINT", "http://10.0.0.4/token"}});
  EXPECT_THAT(names(credential), ElementsAre("cli"));
  EXPECT_THAT(credential.left_out.back(),
              HasSubstr("managed_identity: MSI_ENDPOINT is not what it should be"));
}

TEST(AutoCredential, IsNarrowedByAVariable) {
  Variables variables = with(service_principal(), "AZURE_FEDERATED_TOKEN_FILE", "/var/token");
  const auto narrowed = [&](const std::string& word) {
    variables["AZURE_TOKEN_CREDENTIALS"] = word;
    return names(chain(variables));
  };
  EXPECT_THAT(narrowed(""), ElementsAre("secret", "workload", "managed", "cli"));
  EXPECT_THAT(narrowed("prod"), ElementsAre("secret", "workload", "managed"));
  EXPECT_THAT(narrowed("Dev"), ElementsAre("cli"));
  EXPECT_THAT(narrowed("EnvironmentCredential"), ElementsAre("secret"));
  EXPECT_THAT(narrowed("workloadidentitycredential"), ElementsAre("workload"));
  EXPECT_THAT(narrowed("MANAGEDIDENTITYCREDENTIAL"), ElementsAre("managed"));
  EXPECT_THAT(narrowed("AzureCliCredential"), ElementsAre("cli"));
}

TEST(AutoCredential, SaysWhatTheVariableLeftOut) {
  EXPECT_THAT(chain(with(service_principal(), "AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")).left_out,
              ElementsAre("workload_identity: AZURE_TOKEN_CREDENTIALS is EnvironmentCredential",
                          "managed_identity: AZURE_TOKEN_CREDENTIALS is EnvironmentCredential",
                          "azure_cli: AZURE_TOKEN_CREDENTIALS is EnvironmentCredential"));
}

TEST(AutoCredential, RefusesWordsThatNameNoWayToLogIn) {
  const Variables variables{{"AZURE_TOKEN_CREDENTIALS", "s3cr3t"}};
  const std::string complaint =
      "AZURE_TOKEN_CREDENTIALS is not what it should be, expected prod, dev, EnvironmentCredential, "
      "WorkloadIdentityCredential, ManagedIdentityCredential or AzureCliCredential";
  EXPECT_THAT(
      errors(hub("testHub"), variables),
      ElementsAre("exporter.yaml:1:8: hubs[0]: uses credentials.default, which is not in this file and "
                  "so is of type auto: " +
                  complaint));
  EXPECT_THAT(credential_errors("type: auto", variables),
              ElementsAre("exporter.yaml:1:24: credentials.default: " + complaint));
}

TEST(AutoCredential, RefusesAnEnvironmentThatLeavesNothingToTry) {
  EXPECT_THAT(
      errors(hub("testHub"), {{"AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential"}}),
      ElementsAre(HasSubstr("found no way to log in, expected one of these: environment: AZURE_TENANT_ID, "
                            "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH) "
                            "are not set; workload_identity: AZURE_TOKEN_CREDENTIALS is")));
}

TEST(AutoCredential, IsComplainedAboutOnceHoweverManyHubsUseIt) {
  EXPECT_THAT(
      errors("hubs: [{resource_id: " + resource_id("one") + "}, {resource_id: " + resource_id("two") + "}]\n",
             {{"AZURE_AUTHORITY_HOST", "http://example.com"}}),
      ElementsAre(
          HasSubstr("AZURE_AUTHORITY_HOST is not what it should be, expected an address that begins with "
                    "https://")));
}

}  // namespace
}  // namespace iothub

// Which service of the machine is asked for a managed identity's tokens, and which identities it lets one
// choose.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/config/parsing.hpp"

namespace iothub {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kIdentity =
    "/subscriptions/" + kSubscription +
    "/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/"
    "hub-reader_1";

const Variables kAppService2019{{"IDENTITY_ENDPOINT", "http://127.0.0.1:41741/MSI/token/"},
                                {"IDENTITY_HEADER", "header"}};
const Variables kAppService2017{{"MSI_ENDPOINT", "http://127.0.0.1:41741/MSI/token/"},
                                {"MSI_SECRET", "secret"}};
const Variables kCloudShell{{"MSI_ENDPOINT", "http://localhost:50342/oauth2/token"}};
const Variables kArc{{"IDENTITY_ENDPOINT", "http://localhost:40342/metadata/identity/oauth2/token"},
                     {"IMDS_ENDPOINT", "http://localhost:40342"}};

ManagedIdentityOptions source(const Variables& variables) {
  return method<ManagedIdentityOptions>(credential("type: managed_identity", variables));
}

TEST(ManagedIdentity, IsAskedOfTheMetadataServiceUnlessAVariableSaysOtherwise) {
  const auto options = source({});
  EXPECT_EQ(options.source, IdentitySource::imds);
  EXPECT_EQ(options.endpoint, "http://169.254.169.254/metadata/identity/oauth2/token");
  EXPECT_TRUE(options.endpoint_secret.empty());
  EXPECT_FALSE(options.identity);
  EXPECT_EQ(options.arc_key_folder, "/var/opt/azcmagent/tokens");
}

TEST(ManagedIdentity, IsAskedOfAMetadataServiceElsewhere) {
  for (const char* host : {"http://127.0.0.1:8080", "http://127.0.0.1:8080/"}) {
    const auto options = source({{"AZURE_POD_IDENTITY_AUTHORITY_HOST", host}});
    EXPECT_EQ(options.source, IdentitySource::imds);
    EXPECT_EQ(options.endpoint, "http://127.0.0.1:8080/metadata/identity/oauth2/token");
  }
}

TEST(ManagedIdentity, IsAskedOfAppService) {
  const auto options = source(kAppService2019);
  EXPECT_EQ(options.source, IdentitySource::app_service_2019);
  EXPECT_EQ(options.endpoint, "http://127.0.0.1:41741/MSI/token/");
  EXPECT_EQ(options.endpoint_secret.reveal(), "header");
}

TEST(ManagedIdentity, IsAskedOfAppServicesOlderVersion) {
  const auto options = source(kAppService2017);
  EXPECT_EQ(options.source, IdentitySource::app_service_2017);
  EXPECT_EQ(options.endpoint, "http://127.0.0.1:41741/MSI/token/");
  EXPECT_EQ(options.endpoint_secret.reveal(), "secret");
}

TEST(ManagedIdentity, IsAskedOfCloudShell) {
  const auto options = source(kCloudShell);
  EXPECT_EQ(options.source, IdentitySource::cloud_shell);
  EXPECT_EQ(options.endpoint, "http://localhost:50342/oauth2/token");
}

TEST(ManagedIdentity, IsAskedOfAzureArc) {
  const auto options = source(kArc);
  EXPECT_EQ(options.source, IdentitySource::azure_arc);
  EXPECT_EQ(options.endpoint, "http://localhost:40342/metadata/identity/oauth2/token");
  EXPECT_TRUE(options.endpoint_secret.empty());
}

TEST(ManagedIdentity, IsAskedOfAzureArcWhereItsAgentIsInstalled) {
  const auto config = parsed("credentials: {default: {type: managed_identity}}\n" + hub("testHub"), {},
                             [](const std::string& path) { return path == "/opt/azcmagent/bin/himds"; });
  ASSERT_TRUE(config);
  const auto options = method<ManagedIdentityOptions>(config->credentials.at(0));
  EXPECT_EQ(options.source, IdentitySource::azure_arc);
  EXPECT_EQ(options.endpoint, "http://127.0.0.1:40342/metadata/identity/oauth2/token");
}

TEST(ManagedIdentity, TakesTheFirstSourceThatTheVariablesTellOf) {
  Variables variables = kCloudShell;
  variables.insert(kArc.begin(), kArc.end());
  EXPECT_EQ(source(variables).source, IdentitySource::cloud_shell);
  variables["MSI_SECRET"] = "secret";
  EXPECT_EQ(source(variables).source, IdentitySource::app_service_2017);
  variables["IDENTITY_HEADER"] = "header";
  EXPECT_EQ(source(variables).source, IdentitySource::app_service_2019);
  EXPECT_EQ(source({{"IDENTITY_ENDPOINT", "http://localhost/"}}).source, IdentitySource::imds);
}

TEST(ManagedIdentity, SaysThatServiceFabricIsNotSupported) {
  EXPECT_THAT(
      credential_errors("type: managed_identity", with(kAppService2019, "IDENTITY_SERVER_THUMBPRINT", "A1")),
      ElementsAre(HasSubstr("credentials.default: IDENTITY_SERVER_THUMBPRINT is set, so this is Service "
                            "Fabric, which is not supported; expected App Service")));
}

TEST(ManagedIdentity, SpeaksPlainHttpWithTheNeighbourhoodOnly) {
  for (const char* good_endpoint :
       {"https://identity.example.com/token", "http://127.0.0.1/", "http://[::1]:8080/", "http://localhost/x",
        "http://169.254.130.4:8081/msi/token", "http://[fe80::1]/token"}) {
    EXPECT_EQ(source({{"MSI_ENDPOINT", good_endpoint}}).endpoint, good_endpoint);
  }
  for (const std::string bad_endpoint :
       {"http://10.0.0.4/token", "http://169.253.0.1/", "http://169.255.0.1/", "http://[fec0::1]/",
        "http://identity.example.com/", "https://identity.example.com/token?api=1", "localhost:50342",
        "https://name:password@identity.example.com/", "ftp://localhost/"}) {
    EXPECT_THAT(credential_errors("type: managed_identity", {{"MSI_ENDPOINT", bad_endpoint}}),
                ElementsAre(AllOf(
                    HasSubstr("MSI_ENDPOINT is not what it should be, expected an address without query "
                              "that begins with https://, or with http:// and has a loopback or "
                              "link-local host"),
                    Not(HasSubstr(bad_endpoint)))));
  }
}

TEST(ManagedIdentity, NamesTheVariableWithTheBadAddress) {
  const auto complaint = [](Variables variables, const std::string& name) {
    variables[name] = "http://example.com";
    return credential_errors("type: managed_identity", variables);
  };
  EXPECT_THAT(complaint(kAppService2019, "IDENTITY_ENDPOINT"),
              ElementsAre(HasSubstr("IDENTITY_ENDPOINT is not")));
  EXPECT_THAT(complaint(kArc, "IDENTITY_ENDPOINT"), ElementsAre(HasSubstr("IDENTITY_ENDPOINT is not")));
  EXPECT_THAT(complaint({}, "AZURE_POD_IDENTITY_AUTHORITY_HOST"),
              ElementsAre(HasSubstr("AZURE_POD_IDENTITY_AUTHORITY_HOST is not")));
}

TEST(ManagedIdentity, RefusesASecretThatWouldNotFitIntoAHeader) {
  EXPECT_THAT(
      credential_errors("type: managed_identity", with(kAppService2019, "IDENTITY_HEADER", "s3cr3t\r\nX: y")),
      ElementsAre(AllOf(HasSubstr("IDENTITY_HEADER is not what it should be, expected a text on one line"),
                        Not(HasSubstr("s3cr3t")))));
}

TEST(ManagedIdentity, IsNamedInOneOfThreeWays) {
  using Kind = UserAssignedIdentity::Kind;
  const std::vector<std::pair<std::string, Kind>> ways{{"client_id: " + kClient, Kind::client_id},
                                                       {"object_id: " + kClient, Kind::object_id},
                                                       {"resource_id: " + kIdentity, Kind::resource_id}};
  for (const Variables& variables : {Variables{}, kAppService2019}) {
    for (const auto& [key, kind] : ways) {
      const auto options = method<ManagedIdentityOptions>(
          credential("type: managed_identity, identity: {" + key + "}", variables));
      ASSERT_TRUE(options.identity);
      EXPECT_EQ(options.identity->kind, kind);
      EXPECT_EQ(options.identity->id, kind == Kind::resource_id ? kIdentity : kClient);
    }
  }
}

TEST(ManagedIdentity, IsTheSystemAssignedOneWhateverTheClientIdOfTheEnvironment) {
  EXPECT_FALSE(source({{"AZURE_CLIENT_ID", kClient}}).identity);
}

TEST(ManagedIdentity, CannotBeChosenWhereThereIsOnlyOne) {
  const std::string keys = "type: managed_identity, identity: {client_id: " + kClient + "}";
  EXPECT_THAT(
      credential_errors(keys, kArc),
      ElementsAre(HasSubstr("credentials.default.identity: not possible here: Azure Arc gives the tokens, "
                            "expected no identity, for it has only one")));
  EXPECT_THAT(credential_errors(keys, kCloudShell),
              ElementsAre(HasSubstr("not possible here: Cloud Shell (MSI_ENDPOINT) gives the tokens")));
}

TEST(ManagedIdentity, IsChosenByClientIdInAppServicesOlderVersion) {
  const std::string keys = "type: managed_identity, identity: {";
  EXPECT_TRUE(
      method<ManagedIdentityOptions>(credential(keys + "client_id: " + kClient + "}", kAppService2017))
          .identity);
  EXPECT_THAT(credential_errors(keys + "object_id: " + kClient + "}", kAppService2017),
              ElementsAre(HasSubstr(
                  "App Service's version of 2017 (MSI_ENDPOINT and MSI_SECRET) gives the tokens here, "
                  "expected client_id, the only name that it knows")));
}

}  // namespace
}  // namespace iothub

#include "config/config_loader.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "unit/config/parsing.hpp"

namespace iothub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ConfigLoaderFiles : public testing::Test {
 protected:
  TemporaryFolder folder;
};

TEST(ConfigLoader, FillsInEveryDefault) {
  const Config config = good(hub("testHub"));
  EXPECT_EQ(config.cloud.resource_manager_endpoint, "https://management.azure.com");
  EXPECT_EQ(config.cloud.authority_host, "https://login.microsoftonline.com");
  EXPECT_EQ(config.cloud.scope, "https://management.azure.com/.default");
  EXPECT_EQ(config.cloud.api_version, "2023-06-30");
  EXPECT_EQ(config.http.connect_timeout, 10s);
  EXPECT_EQ(config.http.request_timeout, 30s);
  EXPECT_EQ(config.http.ca_file, "");
  EXPECT_EQ(config.poll.discovery_interval, 10min);
  EXPECT_EQ(config.poll.concurrency, 8U);
  EXPECT_EQ(config.poll.stale_after, 15min);
  EXPECT_EQ(config.poll.reads.per_second, 25);
  EXPECT_EQ(config.poll.reads.burst, 250);
  EXPECT_FALSE(config.job_details.enabled);
  EXPECT_EQ(config.job_details.finished_within, 24h);
  EXPECT_EQ(config.job_details.max_per_hub, 200U);
  EXPECT_EQ(config.job_details.max_total, 5000U);
  ASSERT_EQ(config.hubs.size(), 1U);
  EXPECT_EQ(config.hubs[0].id,
            (HubId{.subscription_id = kSubscription, .resource_group = "group", .name = "testHub"}));
  EXPECT_EQ(config.hubs[0].credential, "default");
  EXPECT_EQ(config.hubs[0].interval, 1min);
  EXPECT_EQ(config.hubs[0].active_interval, 15s);
  EXPECT_TRUE(config.hubs[0].jobs.empty());
  EXPECT_TRUE(config.hubs[0].expect.empty());
  ASSERT_EQ(config.credentials.size(), 1U);
  EXPECT_EQ(config.credentials[0].name, "default");
  EXPECT_EQ(config.credentials[0].authority_host, "https://login.microsoftonline.com");
  EXPECT_EQ(config.credentials[0].scope, "https://management.azure.com/.default");
}

TEST_F(ConfigLoaderFiles, TakesEveryKeyThatIsSet) {
  folder.write("ca.pem", "-----BEGIN CERTIFICATE-----\n");
  folder.write("client.secret", "from-the-file\n");
  const auto loaded = load_config(folder.write("exporter.yaml", R"(
azure:
  cloud: AzureUSGovernment
  resource_manager_endpoint: https://arm.example.com/
  authority_host: https://login.example.com
  scope: https://scope.example.com/.default
  api_version: 2025-08-01-preview
  ca_file: ca.pem
credentials:
  prod:
    type: client_secret
    tenant_id: contoso.onmicrosoft.com
    client_id: 7f0d1c2b-5a69-4788-97a6-b5c4d3e2f1a0
    client_secret_file: client.secret
    authority_host: http://127.0.0.1:8080/
polling:
  interval: 2m
  active_interval: 1500ms
  discovery_interval: 1h30m
  connect_timeout: 3s
  request_timeout: 4s
  concurrency: 1000
  stale_after: 1d
  reads_per_second: 10000
  read_burst: 1
hubs:
  - subscription_id: 91d12660-3dec-467a-be2a-213b5544ddc0
    resource_group: my.group_(1)
    name: first-hub
    credential: prod
    interval: 5m
    active_interval: 10s
    jobs: [a, "b c", 17]
    expect:
      - job_type: export
        completed_within: 24h
        max_duration: 2h
      - {job_type: firmwareupdate, max_duration: 1h}
job_details:
  enabled: true
  finished_within: 0
  max_per_hub: 1
  max_total: 2
)"),
                                  [](const std::string&) { return std::nullopt; });
  ASSERT_TRUE(loaded) << loaded.error().front().message;
  EXPECT_EQ(loaded->cloud.resource_manager_endpoint, "https://arm.example.com");
  EXPECT_EQ(loaded->cloud.authority_host, "https://login.example.com");
  EXPECT_EQ(loaded->cloud.scope, "https://scope.example.com/.default");
  EXPECT_EQ(loaded->cloud.api_version, "2025-08-01-preview");
  EXPECT_EQ(loaded->http.ca_file, folder.path("ca.pem"));
  EXPECT_EQ(loaded->http.connect_timeout, 3s);
  EXPECT_EQ(loaded->http.request_timeout, 4s);
  EXPECT_EQ(loaded->poll.request_timeout, 4s);
  EXPECT_EQ(loaded->poll.discovery_interval, 90min);
  EXPECT_EQ(loaded->poll.concurrency, 1000U);
  EXPECT_EQ(loaded->poll.stale_after, 24h);
  EXPECT_EQ(loaded->poll.reads.per_second, 10'000);
  EXPECT_EQ(loaded->poll.reads.burst, 1);
  ASSERT_EQ(loaded->credentials.size(), 1U);
  const CredentialOptions& credential = loaded->credentials[0];
  EXPECT_EQ(credential.name, "prod");
  EXPECT_EQ(credential.authority_host, "http://127.0.0.1:8080");
  EXPECT_EQ(credential.scope, "https://scope.example.com/.default");
  EXPECT_EQ(method<ClientSecretOptions>(credential).tenant_id, "contoso.onmicrosoft.com");
  EXPECT_EQ(std::get<SecretFile>(method<ClientSecretOptions>(credential).client_secret).path,
            folder.path("client.secret"));
  ASSERT_EQ(loaded->hubs.size(), 1U);
  const HubOptions& first = loaded->hubs[0];
  EXPECT_EQ(first.id,
            (HubId{.subscription_id = kSubscription, .resource_group = "my.group_(1)", .name = "first-hub"}));
  EXPECT_EQ(first.credential, "prod");
  EXPECT_EQ(first.interval, 5min);
  EXPECT_EQ(first.active_interval, 10s);
  EXPECT_THAT(first.jobs, ElementsAre("a", "b c", "17"));
  EXPECT_THAT(
      first.expect,
      ElementsAre(
          Expectation{.job_type = JobType::export_devices, .completed_within = 24h, .max_duration = 2h},
          Expectation{.job_type = JobType::firmware_update, .completed_within = {}, .max_duration = 1h}));
  EXPECT_TRUE(loaded->job_details.enabled);
  EXPECT_EQ(loaded->job_details.finished_within, 0ms);
  EXPECT_EQ(loaded->job_details.max_per_hub, 1U);
  EXPECT_EQ(loaded->job_details.max_total, 2U);
}

TEST(ConfigLoader, TakesSectionsThatAreEmptyForTheirDefaults) {
  const Config config = good(hub("testHub") + "azure:\ncredentials:\n  default:\npolling:\njob_details:\n");
  EXPECT_EQ(config.cloud.resource_manager_endpoint, "https://management.azure.com");
  EXPECT_EQ(config.hubs.at(0).interval, 1min);
  EXPECT_EQ(
      good("hubs:\n  - resource_id: " + resource_id("testHub") + "\n    jobs:\n    expect:\n").hubs.size(),
      1U);
}

TEST(ConfigLoader, TakesEmptyTextsForTheirDefaultsWhereTheDefaultIsEmpty) {
  const Config config = good(
      hub("testHub") +
          "azure: {resource_manager_endpoint: \"\", authority_host: '', scope: \"${NONE}\", ca_file: }\n",
      with(service_principal(), "NONE", ""));
  EXPECT_EQ(config.cloud.resource_manager_endpoint, "https://management.azure.com");
  EXPECT_EQ(config.cloud.scope, "https://management.azure.com/.default");
}

TEST(ConfigLoader, KnowsTheEndpointsOfEveryCloud) {
  const Config config = good("azure: {cloud: AzureChinaCloud}\n" + hub("testHub"));
  EXPECT_EQ(config.cloud.resource_manager_endpoint, "https://management.chinacloudapi.cn");
  EXPECT_EQ(config.cloud.authority_host, "https://login.chinacloudapi.cn");
  EXPECT_EQ(config.cloud.scope, "https://management.chinacloudapi.cn/.default");
  EXPECT_EQ(config.credentials.at(0).scope, config.cloud.scope);
}

TEST(ConfigLoader, AsksForTheScopeOfTheEndpointThatIsSet) {
  const Config config =
      good("azure: {resource_manager_endpoint: \"http://localhost:8443/\"}\n" + hub("testHub"));
  EXPECT_EQ(config.cloud.resource_manager_endpoint, "http://localhost:8443");
  EXPECT_EQ(config.cloud.scope, "http://localhost:8443/.default");
}

TEST(ConfigLoader, ReplacesVariablesInValuesOnly) {
  Variables variables = with(service_principal(), "HUB", "testHub");
  variables["SUBSCRIPTION"] = kSubscription;
  variables["COUNT"] = "12";
  variables["HALF"] = "30";
  const Config config = good(
      "polling: {interval: \"${HALF}s\"}\nhubs:\n  - subscription_id: ${SUBSCRIPTION}\n    resource_group: "
      "rg-${HUB}-${COUNT}\n    name: ${HUB}\n    jobs: [\"$${HUB}\"]\n",
      variables);
  EXPECT_EQ(config.hubs.at(0).id.name, "testHub");
  EXPECT_EQ(config.hubs.at(0).id.resource_group, "rg-testHub-12");
  EXPECT_EQ(config.hubs.at(0).interval, 30s);
  EXPECT_THAT(config.hubs.at(0).jobs, ElementsAre("${HUB}"));
  EXPECT_EQ(good(hub("testHub") + "polling:\n  concurrency: ${COUNT}\n", variables).poll.concurrency, 12U);
  EXPECT_THAT(errors(hub("testHub") + "${HUB}: 1\n", variables),
              ElementsAre(HasSubstr("exporter.yaml:2:1: \"${HUB}\": unknown key")));
}

TEST(ConfigLoader, NeverShowsWhatAVariableStandsFor) {
  const Variables variables = with(service_principal(), "X", "s3cr3t value");
  const std::string text = R"(azure:
  cloud: ${X}
  resource_manager_endpoint: ${X}
  scope: ${X}
  api_version: ${X}
  ca_file: ${X}
credentials:
  default: {type: "${X}"}
  other: {type: client_secret, tenant_id: "${X}", client_id: "${X}", client_secret_file: "${X}"}
  third: "${X}"
polling:
  interval: ${X}
  concurrency: ${X}
hubs:
  - subscription_id: ${X}
    resource_group: ${X}
    name: ${X}
    credential: ${X}
    expect: [{job_type: "${X}", max_duration: "${X}"}]
job_details:
  enabled: ${X}
)";
  const auto messages = errors(text, variables);
  EXPECT_EQ(messages.size(), 19U);
  EXPECT_THAT(messages, testing::Each(Not(HasSubstr("s3cr3t"))));
}

TEST(ConfigLoader, FindsNearMissesOfKeys) {
  EXPECT_THAT(errors(hub("testHub") + "poling: {}\n"),
              ElementsAre("exporter.yaml:2:1: poling: unknown key, did you mean polling?"));
  EXPECT_THAT(
      errors(hub("testHub") + "storage: {}\n"),
      ElementsAre("exporter.yaml:2:1: storage: unknown key, expected azure, credentials, polling, hubs or "
                  "job_details"));
}

TEST(ConfigLoader, DoesNotComplainThatAMisspeltKeyIsMissing) {
  EXPECT_THAT(errors("hub: []\n"), ElementsAre("exporter.yaml:1:1: hub: unknown key, did you mean hubs?"));
  EXPECT_THAT(errors("hubs: [{resourceId: x}]\n"),
              ElementsAre("exporter.yaml:1:9: hubs[0].resourceId: unknown key, did you mean resource_id?"));
  EXPECT_THAT(errors("hubs: [{resource_id: " + resource_id("testHub") +
                     ", expect: [{jobtype: export, max_duraton: 1h}]}]"),
              testing::SizeIs(2));
  EXPECT_THAT(errors(hub("testHub") + "credentials: {default: {typ: client_secret, tenant_id: a.b}}\n"),
              ElementsAre(HasSubstr("did you mean type?")));
}

TEST(ConfigLoader, NeverPollsAnActiveHubLessOftenByDefault) {
  const Config config = good("polling: {interval: 5s, request_timeout: 2s}\n" + hub("testHub"));
  EXPECT_EQ(config.hubs.at(0).active_interval, 5s);
  EXPECT_EQ(config.http.connect_timeout, 2s);
  const std::string fast = "hubs: [{resource_id: " + resource_id("testHub") + ", interval: 3s}]\n";
  EXPECT_EQ(good("polling: {active_interval: 20s}\n" + fast).hubs.at(0).active_interval, 3s);
}

TEST(ConfigLoader, RefusesAHubThatWouldBeStaleBetweenPolls) {
  EXPECT_THAT(errors("hubs: [{resource_id: " + resource_id("testHub") + ", interval: 1h}]\n"),
              ElementsAre(HasSubstr(
                  "hubs[0].interval: found \"1h\", expected at most polling.stale_after, which is 15m "
                  "by default")));
  EXPECT_THAT(
      errors("polling: {stale_after: 30s}\n" + hub("testHub")),
      ElementsAre(
          "exporter.yaml:1:24: polling.stale_after: found \"30s\", expected at least interval, which is "
          "1m by default"));
}

TEST(ConfigLoader, SaysThatAnEmptyFileWatchesNothing) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}\n"}) {
    EXPECT_THAT(errors(text),
                ElementsAre("exporter.yaml:1:1: hubs: found none, expected at least one hub to watch"));
  }
}

TEST(ConfigLoader, SaysThatAFileIsNoConfigurationAtAll) {
  EXPECT_THAT(errors("hello\n"),
              ElementsAre("exporter.yaml:1:1: found a text, expected a map with azure, credentials, "
                          "polling, hubs or job_details"));
}

TEST(ConfigLoader, RefusesTextsWithoutHandingOutTheirSecret) {
  const auto messages = errors(
      "credentials:\n  default:\n    type: client_secret\n    tenant_id: s3cr3t\n    client_id: "
      "s3cr3t\n    client_secret: \"s3cr3t\\n\"\n  b: s3cr3t\n  c: {type: client_secret, tenant_id: a.b, "
      "client_id: " +
      kClient + ", client_secret: 's3cr3t${'}\n" + hub("testHub"));
  EXPECT_EQ(messages.size(), 5U);
  EXPECT_THAT(messages, testing::Each(Not(HasSubstr("s3cr3t"))));
}

TEST_F(ConfigLoaderFiles, SaysWhyAFileCannotBeRead) {
  const auto none = [](const std::string&) { return std::nullopt; };
  const auto message = [&](const std::string& path) { return load_config(path, none).error().at(0).message; };
  EXPECT_EQ(message("/does/not/exist.yaml"),
            "/does/not/exist.yaml: cannot be read: No such file or directory");
  EXPECT_EQ(message(folder.path()), folder.path() + ": cannot be read: Is a directory");
  EXPECT_THAT(message(folder.write("huge.yaml", std::string((1U << 20U) + 1, '#'))),
              HasSubstr("is larger than 1 MiB"));
}

TEST_F(ConfigLoaderFiles, ReadsAnEmptyFileAsOneThatWatchesNothing) {
  const auto loaded =
      load_config(folder.write("empty.yaml", ""), [](const std::string&) { return std::nullopt; });
  EXPECT_THAT(loaded.error().at(0).message, HasSubstr("empty.yaml:1:1: hubs: found none"));
}

}  // namespace
}  // namespace iothub

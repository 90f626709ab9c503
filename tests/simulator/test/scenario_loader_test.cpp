#include "simulator/scenario_loader.hpp"

#include <gmock/gmock.h>

#include "simulator/default_scenario.hpp"
#include "simulator/duration_text.hpp"

namespace azure_simulator {
namespace {

std::string error_of(std::string_view yaml) {
  const auto scenario = load_scenario(yaml, "world.yaml");
  return scenario ? "no error" : scenario.error();
}

TEST(ScenarioLoader, ReadsTheDefaultScenario) {
  const auto scenario = load_scenario(default_scenario(), "default");
  ASSERT_TRUE(scenario) << scenario.error();
  EXPECT_EQ(scenario->subscriptions.size(), 3U);
}

TEST(ScenarioLoader, NamesLineAndColumnOfEveryProblem) {
  EXPECT_EQ(error_of("time_scale: fast\n"
                     "colour: red\n"
                     "page_size: {jobs: -1}\n"),
            "world.yaml:1:13: 'time_scale' must be a number from 0 to 1e9\n"
            "world.yaml:3:19: 'jobs' must be a whole number that is not negative\n"
            "world.yaml:2:9: 'colour' is not a key of a scenario");
}

TEST(ScenarioLoader, RefusesAKeyThatAppearsTwice) {
  EXPECT_EQ(error_of("seed: a\nseed: b\n"), "world.yaml:2:1: 'seed' appears twice");
}

TEST(ScenarioLoader, ReportsWhatIsNotYaml) {
  EXPECT_THAT(error_of("tenants: [\n"), testing::StartsWith("world.yaml:2:1: "));
  EXPECT_EQ(error_of("- 1\n"), "world.yaml:1:1: a scenario must be a map");
}

TEST(ScenarioLoader, NeedsIdsAndTenantsThatExist) {
  EXPECT_EQ(error_of("tenants:\n  - id: me\n"), "world.yaml:2:5: 'me' is not a GUID");
  EXPECT_EQ(error_of("subscriptions:\n  - id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1\n    tenant: x\n"),
            "world.yaml:2:5: 'x' is not the id of a tenant of this scenario");
}

TEST(ScenarioLoader, NeedsAProofOfEveryClient) {
  const std::string front = "tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162, clients: [\n";
  const std::string id = "{id: 0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
  EXPECT_EQ(error_of(front + id + "}]}]\n"),
            "world.yaml:2:1: a client needs `secret`, `certificates` or `federated_credentials`");
  EXPECT_EQ(error_of(front + id + ", certificates: [none]}]}]\n"),
            "world.yaml:2:1: `certificates` must be PEM texts of certificates with RSA keys");
  EXPECT_EQ(error_of(front + id + ", federated_credentials: [{issuer: i}]}]}]\n"),
            "world.yaml:2:68: a federated credential needs 'subject'");
}

TEST(ScenarioLoader, KnowsOneTenantThatIsNoGuid) {
  EXPECT_EQ(error_of("tenants: [{id: adfs}]\n"), "no error");
}

TEST(ScenarioLoader, NeedsIdentitiesThatCanBe) {
  const std::string tenant = "tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162}]\nidentities: [";
  const std::string own = "{client_id: a3333333-0b7d-4b8e-9c34-1d2e3f405162, system_assigned: true}";
  EXPECT_EQ(error_of(tenant + own + "]\n"), "no error");
  EXPECT_EQ(error_of(tenant + own + ", " + own + "]\n"),
            "world.yaml:1:1: only one of the identities can be system assigned");
  EXPECT_EQ(error_of("identities: [" + own + "]\n"),
            "world.yaml:1:14: '' is not the id of a tenant of this scenario");
  EXPECT_EQ(error_of("arc: {}\n"), "world.yaml:1:6: arc needs 'key_folder'");
}

struct BadFault {
  std::string name;
  std::string yaml;
  std::string error;
};

class ScenarioLoaderFault : public testing::TestWithParam<BadFault> {};

TEST_P(ScenarioLoaderFault, IsRefusedWithAReason) {
  EXPECT_EQ(error_of("faults:\n  - " + GetParam().yaml + "\n"), "world.yaml:" + GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, ScenarioLoaderFault,
    testing::Values(
        BadFault{"Operation", "{operation: dance, status: 500}",
                 "2:5: 'dance' is not an operation: token, imds, app_service, arc, cloud_shell, list_jobs, "
                 "get_job, list_hubs, get_hub, subscriptions, "
                 "discovery, other"},
        BadFault{"Action", "{action: explode, status: 500}",
                 "2:5: 'explode' is not an action: respond, empty, html, garbage, huge, truncate, drip, "
                 "delay, hang, "
                 "close"},
        BadFault{"Status", "{status: 99, body: x}", "2:5: `status` must be from 200 to 599"},
        BadFault{"Nothing", "{operation: token}", "2:5: a fault that responds needs `status` or `body`"},
        BadFault{"Delay", "{action: delay, delay: soon}",
                 "2:28: 'delay' is 'soon', not a duration such as 40s or 1h30m"}),
    [](const auto& row) { return row.param.name; });

std::string job_error(const std::string& job) {
  return error_of(
      "tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162}]\n"
      "subscriptions: [{id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: g, hubs: [{name: h, jobs: "
      "[\n" +
      job + "]}]}]}]\n");
}

TEST(ScenarioLoader, KnowsFourKindsOfJobs) {
  EXPECT_EQ(
      job_error(
          "{ended_ago: 1h}, {started_ago: 1h, status: running}, {starts_in: 1m}, {every: 5m}, {raw: {}}"),
      "no error");
  EXPECT_EQ(job_error("{type: export}"),
            "world.yaml:3:1: a job needs `every`, `starts_in`, `ended_ago`, `started_ago` or `raw`");
  EXPECT_EQ(job_error("{ended_ago: 1h, status: running}"),
            "world.yaml:3:1: a job of the past needs `ended_ago` if it has ended and `started_ago` if it is "
            "still active");
  EXPECT_EQ(job_error("{every: 1m, outcomes: [done]}"),
            "world.yaml:3:24: 'done' is not one of enqueued, running, completed, failed, cancelled");
}

TEST(ScenarioLoader, TurnsRawJobsIntoJson) {
  const auto order = load_scenario(
      "tenants: [{id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162}]\n"
      "subscriptions: [{id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1, groups: [{name: g, hubs: [{name: h, jobs: "
      "[\n"
      "{raw: {jobId: '7', type: 5, end: ~, deep: [true, 1.25, {a: text}]}}]}]}]}]\n",
      "world.yaml");
  ASSERT_TRUE(order) << order.error();
  const RawJob& job = order->subscriptions[0].groups[0].hubs[0].raw_jobs[0];
  EXPECT_EQ(job.id, "7");
  EXPECT_EQ(job.json, R"({"jobId":"7","type":5,"end":null,"deep":[true,1.25,{"a":"text"}]})");
}

TEST(DurationText, AddsItsPartsUp) {
  EXPECT_EQ(parse_duration_text("1d2h3m4s5ms"), Duration{93'784'005});
  EXPECT_EQ(parse_duration_text("0"), Duration{0});
  for (const char* text : {"", "5", "m", "-5s", "5x", "1h ", "99999999999999999999s"}) {
    EXPECT_EQ(parse_duration_text(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace azure_simulator

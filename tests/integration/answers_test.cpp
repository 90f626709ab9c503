// What the page says when ARM or Entra ID does not answer as it should.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/exporter_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

struct FaultCase {
  std::string name;
  std::string fault;   // what happens to the list of testHub
  std::string reason;  // under which the failed poll is counted
};

class ArmThatAnswers : public ExporterFixture, public testing::WithParamInterface<FaultCase> {};

TEST_P(ArmThatAnswers, CostsTheHubItsUpAndNothingElse) {
  start_simulator();
  if (GetParam().reason == "timeout") {
    request_timeout = "3s";
  }
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << exporter->output();
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub")) << exporter->output();
  const std::string before = metrics();
  ASSERT_EQ(value(before, "azure_iothub_up{hub=\"testHub\"}"), "1");

  set_faults("[{operation: list_jobs, hub: testHub, " + GetParam().fault + "}]");
  const auto line = exporter->line_with("msg=\"poll failed\" hub=testHub");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("level=warn"));
  EXPECT_THAT(*line, HasSubstr("reason=" + GetParam().reason));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub")) << "another hub goes on";

  const std::string page = metrics();
  EXPECT_EQ(value(page, "azure_iothub_up{hub=\"testHub\"}"), "0");
  EXPECT_EQ(value(page, "azure_iothub_up{hub=\"otherHub\"}"), "1");
  EXPECT_NE(
      value(page, "azure_iothub_poll_errors_total{hub=\"testHub\",reason=\"" + GetParam().reason + "\"}"),
      "0");
  for (const auto* series :
       {"azure_iothub_jobs{hub=\"testHub\",job_type=\"export\",status=\"failed\"}",
        "azure_iothub_jobs{hub=\"testHub\",job_type=\"import\",status=\"running\"}",
        "azure_iothub_last_job_duration_seconds{hub=\"testHub\",job_type=\"export\",status=\"failed\"}"}) {
    EXPECT_EQ(value(page, series), value(before, series)) << series;
    EXPECT_NE(value(page, series), "") << series;
  }
  EXPECT_EQ(get("/-/healthy"), "healthy\n");
  EXPECT_EQ(get("/-/ready"), "ready\n");

  set_faults("[]");
  ASSERT_TRUE(exporter->line_with("msg=\"poll succeeds again\" hub=testHub")) << exporter->output();
  EXPECT_EQ(value(metrics(), "azure_iothub_up{hub=\"testHub\"}"), "1");
  EXPECT_THAT(exporter->output(), Not(HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, ArmThatAnswers,
    testing::Values(FaultCase{"ServerError", "status: 500", "server_error"},
                    FaultCase{"Unavailable", "status: 503", "server_error"},
                    FaultCase{"Forbidden", "status: 403", "forbidden"},
                    FaultCase{"NotFound", "status: 404", "not_found"},
                    FaultCase{"Unauthorized", "status: 401", "unauthorized"},
                    FaultCase{"Garbage", "action: garbage", "bad_response"},
                    FaultCase{"Html", "action: html", "bad_response"},
                    FaultCase{"AnEmptyBody", "action: empty", "bad_response"},
                    FaultCase{"HalfABody", "action: truncate", "network"},
                    FaultCase{"AnotherSchema", "status: 200, body: '{\"jobs\":[]}'", "bad_response"},
                    FaultCase{"ARedirect", "status: 302, headers: {Location: 'https://127.0.0.1:9/'}",
                              "bad_response"},
                    FaultCase{"ALinkElsewhere",
                              "status: 200, body: '{\"value\":[],\"nextLink\":\"https://127.0.0.1:9/x\"}'",
                              "bad_response"},
                    FaultCase{"TooMuch", "action: huge", "bad_response"},
                    FaultCase{"NothingAtAll", "action: hang", "timeout"},
                    FaultCase{"TooSlowly", "action: drip, interval: 100ms", "timeout"},
                    FaultCase{"ByHangingUp", "action: close", "network"}),
    [](const auto& row) { return row.param.name; });

class AnswersTest : public ExporterFixture {};

TEST_F(AnswersTest, AHubThatNeverAnsweredHasNoJobsAndIsNotReadyUntilItFailed) {
  start_simulator();
  set_faults("[{operation: [list_jobs, get_hub], hub: testHub, status: 403}]");
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub"));
  const std::string page = metrics();
  EXPECT_EQ(value(page, "azure_iothub_up{hub=\"testHub\"}"), "0");
  EXPECT_THAT(page, Not(HasSubstr("azure_iothub_jobs{hub=\"testHub\"")));
  EXPECT_EQ(get("/-/ready"), "ready\n");
}

TEST_F(AnswersTest, AWrongSecretIsUnauthorizedAndAsksEntraIdOnceAMinute) {
  start_simulator();
  start_exporter(config("not-the-secret"));
  const auto line = exporter->line_with("msg=\"no token");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("reason=unauthorized"));
  EXPECT_THAT(
      *line, HasSubstr("credential default: Entra ID answered HTTP 401, AADSTS7000215: wrong client secret"));
  ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=otherHub"));
  ASSERT_TRUE(exporter->line_with("level=debug msg=\"poll failed\" hub=testHub")) << "and again, quietly";
  EXPECT_EQ(simulator->service().request_counts().at("token"), 1U);
  EXPECT_EQ(simulator->service().request_counts().count("list_jobs"), 0U);
  EXPECT_THAT(exporter->output(), Not(HasSubstr("not-the-secret")));
  EXPECT_EQ(value(metrics(), "iothub_job_exporter_token_refresh_errors_total{credential=\"default\"}"), "1");
}

TEST_F(AnswersTest, ATokenThatArmNoLongerTakesIsReplacedUnnoticed) {
  start_simulator();
  start_exporter(config("s3cret-of-the-test", "hubs:\n" + hub("testHub")));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  simulator->service().expire_tokens(azure_simulator::system_clock()());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(simulator->service().request_counts().at("token"), 2U);
  EXPECT_EQ(value(metrics(), "azure_iothub_poll_errors_total{hub=\"testHub\",reason=\"unauthorized\"}"), "0");
  EXPECT_EQ(value(metrics(), "iothub_job_exporter_api_requests_total{api=\"list_jobs\",code=\"401\"}"), "1");
}

TEST_F(AnswersTest, AnAuthorityThatNobodyVouchesForIsNotSpokenTo) {
  start_simulator();
  std::string configuration = config();
  configuration.erase(configuration.find("  ca_file: ca.pem\n"), std::string("  ca_file: ca.pem\n").size());
  start_exporter(configuration);
  const auto line = exporter->line_with("msg=\"poll failed\" hub=testHub");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("reason=tls"));
  EXPECT_TRUE(simulator->service().request_counts().empty());
}

TEST_F(AnswersTest, WhenAzureIsGoneTheReasonIsTheNetwork) {
  start_simulator();
  const std::string configuration = config();
  simulator->stop();
  start_exporter(configuration);
  const auto line = exporter->line_with("msg=\"poll failed\" hub=testHub");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("reason=network"));
}

TEST_F(AnswersTest, ThrottlingIsToldOnceForAllHubsOfTheSubscription) {
  start_simulator();
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  set_faults("[{operation: list_jobs, status: 429, headers: {Retry-After: '7'}}]");
  const auto line = exporter->line_with("throttles");
  ASSERT_TRUE(line) << exporter->output();
  EXPECT_THAT(*line, HasSubstr("level=warn"));
  EXPECT_THAT(*line,
              HasSubstr("subscription=91d12660-3dec-467a-be2a-213b5544ddc0 credential=default pause=7s"));
  ASSERT_TRUE(exporter->line_with("level=debug msg=\"poll failed\" hub=testHub reason=throttled"));
  ASSERT_TRUE(exporter->line_with("level=debug msg=\"poll failed\" hub=otherHub reason=throttled"));
  const std::string page = metrics();
  EXPECT_EQ(value(page, "azure_iothub_up{hub=\"testHub\"}"), "0");
  EXPECT_NE(value(page, "azure_iothub_jobs{hub=\"testHub\",job_type=\"export\",status=\"failed\"}"), "");
  EXPECT_EQ(get("/-/healthy"), "healthy\n");
  EXPECT_EQ(get("/-/ready"), "ready\n");
  set_faults("[]");
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(value(metrics(), "azure_iothub_up{hub=\"testHub\"}"), "1");
}

// What a server puts into its messages is not always fit to be seen.
TEST_F(AnswersTest, SecretsInAServersMessageAreNotShown) {
  secrets.insert(secrets.end(), {"S1GNATURE", "ACC0UNTKEY", "T0KENT0KENT0KENT0KENT0KEN"});
  start_simulator();
  set_faults(
      R"([{operation: list_jobs, hub: testHub, status: 400, body: '{"error":{"code":"BadRequest","message":)"
      R"("Cannot reach https://x/c?se=1&sig=S1GNATURE with AccountKey=ACC0UNTKEY;"}}'},)"
      R"( {operation: list_jobs, hub: otherHub, status: 400, body: '{"why":"c?sig\u003dS1GNATURE Bearer )"
      R"(T0KENT0KENT0KENT0KENT0KEN"}'}])");
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=testHub")) << exporter->output();
  ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=otherHub")) << exporter->output();
  EXPECT_THAT(exporter->output(), HasSubstr("***"));
}

// Twelve hubs once a second, where Azure takes ten reads a second after the first thirty.
TEST_F(AnswersTest, RequestsSlowDownBeforeAzureRefusesOne) {
  std::string scenario = kScenario;
  std::string watched = "hubs:\n" + hub("testHub") + hub("otherHub");
  for (int i = 0; i < 10; ++i) {
    const std::string name = "hub" + std::to_string(i);
    scenario += "          - name: " + name + "\n";
    watched += hub(name);
  }
  start_simulator(scenario + "throttling: {reads: 30, reads_per_second: 10, enforced: true}\n");
  std::string configuration = config("s3cret-of-the-test", watched);
  const std::string polling = "polling:\n";
  configuration.insert(configuration.find(polling) + polling.size(),
                       "  read_burst: 30\n  reads_per_second: 10\n");
  start_exporter(configuration);
  for (int polls = 0; polls < 6; ++polls) {
    ASSERT_TRUE(exporter->line_with("msg=polled hub=hub9")) << exporter->output();
  }
  const std::string page = metrics();
  EXPECT_EQ(value(page, "iothub_job_exporter_api_throttled_total{api=\"list_jobs\"}"), "0");
  EXPECT_EQ(value(page, "iothub_job_exporter_api_throttled_total{api=\"get_hub\"}"), "0");
  EXPECT_THAT(page, HasSubstr("iothub_job_exporter_ratelimit_remaining{"));
  EXPECT_GE(simulator->service().request_counts().at("list_jobs"), 60U);
}

TEST_F(AnswersTest, AStaleHubsJobsDisappearFromThePage) {
  start_simulator();
  std::string configuration = config();
  configuration.replace(configuration.find("polling:\n"), std::string("polling:\n").size(),
                        "polling:\n  stale_after: 2s\n");
  start_exporter(configuration);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  set_faults("[{operation: list_jobs, hub: testHub, status: 500}]");
  for (int failures = 0; failures < 4; ++failures) {  // a second apart
    ASSERT_TRUE(exporter->line_with("msg=\"poll failed\" hub=testHub"));
  }
  const std::string page = metrics();
  EXPECT_THAT(page, Not(HasSubstr("azure_iothub_jobs{hub=\"testHub\"")));
  EXPECT_THAT(page, HasSubstr("azure_iothub_jobs{hub=\"otherHub\""));
  EXPECT_EQ(value(page, "azure_iothub_up{hub=\"testHub\"}"), "0");
  EXPECT_EQ(value(page, "iothub_job_exporter_hubs{state=\"withdrawn\"}"), "1");
}

}  // namespace
}  // namespace iothub

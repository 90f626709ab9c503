// A job's way from the simulated Azure to the page, and the program's own beginning and end.
#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/exporter_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

class LifeCycleTest : public ExporterFixture {};

TEST_F(LifeCycleTest, AJobIsSeenEnqueuedRunningAndCompleted) {
  start_simulator();
  start_exporter(config("s3cret-of-the-test", "job_details: {enabled: true}\nhubs:\n" + hub("otherHub")));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub"));
  const auto order = azure_simulator::load_job_order(
      "{hub: otherHub, type: export, id: new, enqueued_for: 2500ms, runs_for: 2500ms}", "order");
  ASSERT_TRUE(order) << order.error();
  ASSERT_TRUE(simulator->service().add_job(*order, azure_simulator::system_clock()()));
  for (const auto* status : {"enqueued", "running", "completed"}) {
    const std::string series =
        std::string("azure_iothub_job_status{hub=\"otherHub\",job_id=\"new\",job_type=\"export\",status=\"") +
        status + "\"}";
    int polls = 0;
    while (value(metrics(), series) != "1" && ++polls < 20) {
      ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub")) << exporter->output();
    }
    EXPECT_EQ(value(metrics(), series), "1") << metrics();
  }
  const std::string page = metrics();
  EXPECT_EQ(value(page, "azure_iothub_jobs{hub=\"otherHub\",job_type=\"export\",status=\"completed\"}"), "2");
  const std::string duration = value(
      page,
      "azure_iothub_last_job_duration_seconds{hub=\"otherHub\",job_type=\"export\",status=\"completed\"}");
  EXPECT_THAT(duration, testing::AnyOf("4", "5", "6")) << "ARM's dates are whole seconds";
}

TEST_F(LifeCycleTest, AHubIsDescribedByWhatAzureSaysOfIt) {
  start_simulator();
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  EXPECT_EQ(
      value(metrics(),
            "azure_iothub_info{hub=\"testHub\",subscription_id=\"91d12660-3dec-467a-be2a-213b5544ddc0\","
            "resource_group=\"myResourceGroup\",location=\"westeurope\",sku=\"S1\",tier=\"Standard\"}"),
      "1");
  EXPECT_EQ(value(metrics(), "azure_iothub_active{hub=\"testHub\"}"), "1");
}

TEST_F(LifeCycleTest, JobsAreFoundByTheirIds) {
  start_simulator();
  start_exporter(config("s3cret-of-the-test", "hubs:\n" + hub("testHub") + "    jobs: [e-1, none/such]\n"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << exporter->output();
  const std::string page = metrics();
  EXPECT_EQ(value(page, "azure_iothub_job_found{hub=\"testHub\",job_id=\"e-1\"}"), "1");
  EXPECT_EQ(value(page, "azure_iothub_job_found{hub=\"testHub\",job_id=\"none/such\"}"), "0");
  EXPECT_EQ(value(page,
                  "azure_iothub_job_duration_seconds{hub=\"testHub\",job_id=\"e-1\",job_type=\"export\","
                  "status=\"failed\"}"),
            "7");
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  const auto requests = simulator->service().recent_requests();
  EXPECT_EQ(std::ranges::count_if(
                requests,
                [](const auto& request) { return request.target.find("/jobs/e-1?") != std::string::npos; }),
            1)
      << "it has ended, so it is not asked for again";
}

TEST_F(LifeCycleTest, AListOfManyPagesIsOneList) {
  std::string jobs;
  for (int i = 0; i < 25; ++i) {
    jobs += "              - {type: export, status: completed, ended_ago: " + std::to_string(i + 1) +
            "h, duration: 5s}\n";
  }
  std::string scenario = kScenario;
  scenario.replace(scenario.find("seed: integration"), std::string("seed: integration").size(),
                   "seed: integration\npage_size: {jobs: 4}");
  start_simulator(scenario + jobs);
  start_exporter(config("s3cret-of-the-test", "hubs:\n" + hub("otherHub")));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub")) << exporter->output();
  EXPECT_EQ(value(metrics(), "azure_iothub_jobs{hub=\"otherHub\",job_type=\"export\",status=\"completed\"}"),
            "26");
  EXPECT_GE(simulator->service().request_counts().at("list_jobs"), 7U);
}

TEST_F(LifeCycleTest, ASignalEndsItAtOnceAlthoughARequestHangs) {
  for (const int signal : {SIGTERM, SIGINT}) {
    start_simulator();
    set_faults("[{operation: list_jobs, action: hang}]");
    request_timeout = "5m";
    start_exporter(config());
    while (!simulator->service().request_counts().contains("list_jobs")) {
      ASSERT_THAT(get("/-/healthy"), HasSubstr("healthy"));  // each takes a moment, so this does not spin
    }
    const auto begin = std::chrono::steady_clock::now();
    exporter->signal(signal);
    EXPECT_EQ(exporter->exit_code(), 0) << exporter->output();
    // The contract's own figure, and the one place where the clock on the wall is asked: five minutes would
    // pass else.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{2});
    EXPECT_THAT(exporter->output(), Not(HasSubstr("poll failed")))
        << "a poll that was cancelled has not failed";
  }
}

TEST_F(LifeCycleTest, ServesItsOtherPages) {
  start_simulator();
  start_exporter(config());
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub"));
  EXPECT_THAT(get("/"), HasSubstr("<td>testHub</td>"));
  EXPECT_THAT(get("/nothing"), HasSubstr("404 "));
  EXPECT_THAT(exporter->output(), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace iothub

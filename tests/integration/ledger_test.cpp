// The ledger from outside: the real program is killed, started again and denied its file.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "integration/exporter_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;

// Some jobs that Azure would run side by side; it has one place for export and import.
constexpr std::array<std::string_view, 3> kTypes{"backup", "firmwareUpdate", "rebootDevice"};
constexpr std::array<std::string_view, 3> kOutcomes{"completed", "failed", "cancelled"};

// The values of a family by its other labels, without `job_id`; of series that differ in that alone the sum.
std::map<std::string, double> values_of(const std::string& page, const std::string& family) {
  std::map<std::string, double> values;
  const std::string start = "\n" + family + "{";
  for (auto at = page.find(start); at != std::string::npos; at = page.find(start, at + 1)) {
    const auto end = page.find("} ", at);
    std::string labels = page.substr(at + start.size(), end - at - start.size());
    if (const auto id = labels.find("job_id="); id != std::string::npos) {
      labels.erase(id, labels.find(',', id) + 1 - id);
    }
    values[labels] += std::stod(page.substr(end + 2));
  }
  return values;
}

class LedgerTest : public ExporterFixture {
 protected:
  // Starts the exporter with the ledger in the test's folder.
  void start(const std::string& configuration) {
    start_exporter(configuration, {{"IOTHUB_JOB_EXPORTER_STORAGE_PATH", path("storage")}});
  }

  void start_all_kinds() {
    start_simulator();
    configuration_ =
        config("s3cret-of-the-test", "job_details: {enabled: true, max_per_hub: 5000}\n" + hubs());
    write("exporter.yaml", configuration_);
  }

  // Submits a job that ends soon, and keeps count of it.
  void submit_job(std::mt19937& random) {
    const auto pick = [&random](std::uint32_t below) { return random() % below; };
    const std::string hub = pick(2) == 0 ? "testHub" : "otherHub";
    const std::string type(kTypes.at(pick(3)));
    const std::string outcome(kOutcomes.at(pick(3)));
    const auto order =
        azure_simulator::load_job_order("{hub: " + hub + ", type: " + type + ", outcome: " + outcome +
                                            ", enqueued_for: " + std::to_string(pick(100)) +
                                            "ms, runs_for: " + std::to_string(pick(1500)) + "ms}",
                                        "order");
    ASSERT_TRUE(order) << order.error();
    ASSERT_TRUE(simulator->service().add_job(*order, azure_simulator::system_clock()()));
    expected_["hub=\"" + hub + "\",job_type=\"" + type + "\",status=\"" + outcome + "\""] += 1;
    if (outcome == "failed") {
      expected_failures_["hub=\"" + hub + "\",job_type=\"" + type + "\",failure_class=\"storage_access\""] +=
          1;
    }
  }

  // Starts the exporter and kills it after so long, wherever it is then.
  void run_and_kill(std::chrono::milliseconds after) {
    Program victim(IOTHUB_EXPORTER,
                   {"--config.file=" + path("exporter.yaml"), "--web.listen-address=127.0.0.1:0",
                    "--storage.path=" + path("storage"), "--log.level=debug"});
    victim.read_for(after);
    victim.signal(SIGKILL);
    ASSERT_EQ(victim.exit_code(), -SIGKILL) << victim.output();
    killed_after_a_poll_ += victim.output().find("msg=polled") != std::string::npos ? 1 : 0;
  }

  // The page once all jobs have been seen to end and both hubs were polled once more, in whatever order.
  std::string settled_page() {
    std::size_t active = 1;
    for (int polls = 0; polls < 200 && active > 0; ++polls) {
      EXPECT_TRUE(exporter->line_with("msg=polled")) << exporter->output();
      const auto jobs = values_of(metrics(), "azure_iothub_jobs");
      active = jobs.empty() ? 1 : 0;
      for (const auto& [labels, value] : jobs) {
        const bool ends = labels.find("job_type=\"import\"") == std::string::npos;
        const bool is_active =
            labels.find("running") != std::string::npos || labels.find("enqueued") != std::string::npos;
        active += ends && is_active ? static_cast<std::size_t>(value) : 0;
      }
    }
    EXPECT_TRUE(exporter->line_with("msg=polled hub=testHub"));
    EXPECT_TRUE(exporter->line_with("msg=polled hub=otherHub"));
    return metrics();
  }

  [[nodiscard]] static std::map<std::string, double> without_zeros(std::map<std::string, double> values) {
    std::erase_if(values, [](const auto& entry) { return entry.second == 0; });
    return values;
  }

  std::string configuration_;
  int killed_after_a_poll_ = 0;
  std::map<std::string, double> expected_;           // finished jobs by their labels
  std::map<std::string, double> expected_failures_;  // the same of failures
};

// How often the exporter is killed; more with IOTHUB_KILLS=200.
int kills() {
  const char* value = std::getenv("IOTHUB_KILLS");  // NOLINT(concurrency-mt-unsafe): a test has one thread
  return value == nullptr ? 40 : std::atoi(value);  // NOLINT(cert-err34-c)
}

TEST_F(LedgerTest, EveryJobIsCountedOnceHoweverOftenTheExporterIsKilled) {
  start_all_kinds();
  std::mt19937 random(20261123);  // NOLINT(cert-msc51-cpp): the same in every run, as far as time allows
  for (int kill = 0; kill < 8; ++kill) {  // while the ledger is made
    run_and_kill(std::chrono::milliseconds(random() % 150));
  }
  const auto began = std::chrono::steady_clock::now();
  start(configuration_);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << exporter->output();
  const auto first_poll =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << exporter->output();
  exporter->signal(SIGKILL);
  ASSERT_EQ(exporter->exit_code(), -SIGKILL);
  killed_after_a_poll_ = 0;
  for (int kill = 0; kill < kills(); ++kill) {
    for (int job = 0; job < 3; ++job) {
      submit_job(random);
    }
    run_and_kill(first_poll * static_cast<int>(random() % 1500) / 1000);
  }
  EXPECT_GT(killed_after_a_poll_, 0) << "or nothing was ever written";
  EXPECT_LT(killed_after_a_poll_, kills()) << "or nothing was ever interrupted";
  RecordProperty("killed_after_a_poll", killed_after_a_poll_);
  start(configuration_);
  const std::string page = settled_page();
  const auto finished = without_zeros(values_of(page, "azure_iothub_jobs_finished_total"));
  EXPECT_EQ(finished, expected_);
  EXPECT_EQ(without_zeros(values_of(page, "azure_iothub_job_failures_total")), expected_failures_);
  EXPECT_EQ(values_of(page, "azure_iothub_finished_job_duration_seconds_count"), finished);
  // What the jobs of the baseline took is not in the histogram, and they are exports.
  auto durations = values_of(page, "azure_iothub_job_duration_seconds");
  std::erase_if(durations, [](const auto& entry) { return entry.first.find("port\"") != std::string::npos; });
  EXPECT_EQ(values_of(page, "azure_iothub_finished_job_duration_seconds_sum"), durations);
  EXPECT_EQ(value(page, "iothub_job_exporter_storage_up"), "1");
}

TEST_F(LedgerTest, CountsWhatFinishedWhileTheExporterWasDownButNotWhatWasThereBefore) {
  start_all_kinds();
  start(configuration_);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << "so that both hubs have their baseline";
  EXPECT_EQ(exporter->everything_written().find("level=error"), std::string::npos);
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp)
  for (int job = 0; job < 5; ++job) {
    submit_job(random);
  }
  start(configuration_);
  EXPECT_EQ(without_zeros(values_of(settled_page(), "azure_iothub_jobs_finished_total")), expected_);
}

TEST_F(LedgerTest, ASecondExporterOnTheSameLedgerIsRefused) {
  start_all_kinds();
  start(configuration_);
  Program second(IOTHUB_EXPORTER, {"--config.file=" + path("exporter.yaml"),
                                   "--web.listen-address=127.0.0.1:0", "--storage.path=" + path("storage")});
  EXPECT_EQ(second.exit_code(), 2);
  EXPECT_THAT(second.output(), HasSubstr("it is in use by another process"));
}

TEST_F(LedgerTest, ALedgerThatCannotBeUsedIsRefusedAtTheStart) {
  start_all_kinds();
  std::filesystem::create_directory(path("storage"));
  write("storage/ledger.db", "a text, and not a short one: SQLite looks at the first hundred bytes");
  Program exporter_of_garbage(IOTHUB_EXPORTER,
                              {"--config.file=" + path("exporter.yaml"), "--web.listen-address=127.0.0.1:0",
                               "--storage.path=" + path("storage")});
  EXPECT_EQ(exporter_of_garbage.exit_code(), 2);
  EXPECT_THAT(exporter_of_garbage.output(), HasSubstr("storage/ledger.db: it is damaged"));
}

TEST_F(LedgerTest, ADiskThatIsFullForAWhileCostsNoCount) {
  start_all_kinds();
  start(configuration_);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub"));
  exporter->limit_file_size(0);
  std::mt19937 random(2);  // NOLINT(cert-msc51-cpp)
  for (int job = 0; job < 5; ++job) {
    submit_job(random);
  }
  ASSERT_TRUE(exporter->line_with("the ledger cannot be written"));
  const std::string page = settled_page();
  EXPECT_EQ(without_zeros(values_of(page, "azure_iothub_jobs_finished_total")), expected_);
  EXPECT_EQ(value(page, "iothub_job_exporter_storage_up"), "0");
  EXPECT_NE(value(page, "iothub_job_exporter_storage_errors_total"), "0");
  exporter->limit_file_size(RLIM_INFINITY);
  ASSERT_TRUE(exporter->line_with("the ledger is written again"));
  exporter->signal(SIGKILL);
  exporter->exit_code();
  start(configuration_);
  ASSERT_TRUE(exporter->line_with("msg=polled hub=otherHub"));
  EXPECT_EQ(without_zeros(values_of(metrics(), "azure_iothub_jobs_finished_total")), expected_);
}

}  // namespace
}  // namespace iothub

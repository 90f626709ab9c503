#include "metrics/exporter_metrics.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace iothub {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ExporterMetricsTest : public testing::Test {
 protected:
  std::string page(Format format = Format::text) {
    return metrics.render({.hubs = {.owned = 3, .failing = 2, .withdrawn = 1},
                           .scheduler_lag = std::chrono::milliseconds{1'500},
                           .http_requests_in_flight = 7,
                           .log_messages = [](LogLevel level) { return level == LogLevel::warn ? 4U : 0U; }},
                          format);
  }

  ExporterMetrics metrics{{"1.2.3", "abc", "GNU 12"}, FakeClock::kNoon};
};

TEST_F(ExporterMetricsTest, CountsRequestsByWhatTheyAskedAndWhatCame) {
  metrics.api_request("list_jobs", "200", std::chrono::milliseconds{30});
  metrics.api_request("list_jobs", "200", std::chrono::seconds{60});
  metrics.api_request("list_jobs", "429", std::chrono::milliseconds{5});
  metrics.api_request("token", "timeout", std::chrono::seconds{30});
  metrics.api_retry("list_jobs");
  EXPECT_THAT(
      page(),
      AllOf(HasSubstr("iothub_job_exporter_api_requests_total{api=\"list_jobs\",code=\"200\"} 2\n"),
            HasSubstr("iothub_job_exporter_api_requests_total{api=\"token\",code=\"timeout\"} 1\n"),
            HasSubstr("iothub_job_exporter_api_retries_total{api=\"list_jobs\"} 1\n"),
            HasSubstr("iothub_job_exporter_api_retries_total{api=\"token\"} 0\n"),
            HasSubstr("iothub_job_exporter_api_throttled_total{api=\"list_jobs\"} 1\n"),
            HasSubstr("iothub_job_exporter_api_throttled_total{api=\"get_job\"} 0\n"),
            HasSubstr(
                "iothub_job_exporter_api_request_duration_seconds_bucket{api=\"list_jobs\",le=\"0.05\"} 2\n"),
            HasSubstr(
                "iothub_job_exporter_api_request_duration_seconds_bucket{api=\"list_jobs\",le=\"+Inf\"} 3\n"),
            HasSubstr("iothub_job_exporter_api_request_duration_seconds_count{api=\"list_jobs\"} 3\n")));
}

TEST_F(ExporterMetricsTest, KeepsWhatAzureLastSaidOfItsBudgets) {
  metrics.quota("s-1", "subscription-reads", 249, FakeClock::kNoon);
  metrics.quota("s-1", "subscription-reads", 250, FakeClock::kNoon + std::chrono::seconds{5});
  EXPECT_THAT(
      page(),
      AllOf(HasSubstr("iothub_job_exporter_ratelimit_remaining{scope=\"subscription-reads\",subscription_id="
                      "\"s-1\"} 250\n"),
            HasSubstr("iothub_job_exporter_ratelimit_observed_timestamp_seconds{scope=\"subscription-reads\","
                      "subscription_id=\"s-1\"} 1795435205\n")));
}

TEST_F(ExporterMetricsTest, TellsOfTokens) {
  metrics.token("good", FakeClock::kNoon);
  metrics.token("bad", std::nullopt);
  EXPECT_THAT(
      page(),
      AllOf(HasSubstr("iothub_job_exporter_token_expiry_timestamp_seconds{credential=\"good\"} 1795435200\n"),
            HasSubstr("iothub_job_exporter_token_refresh_errors_total{credential=\"good\"} 0\n"),
            HasSubstr("iothub_job_exporter_token_refresh_errors_total{credential=\"bad\"} 1\n"),
            Not(HasSubstr("expiry_timestamp_seconds{credential=\"bad\"}"))));
}

TEST_F(ExporterMetricsTest, ReadsTheRestOffWhenAsked) {
  metrics.unknown_value("status");
  metrics.http_request("metrics", 200);
  EXPECT_THAT(
      page(),
      AllOf(HasSubstr(
                "iothub_job_exporter_build_info{compiler=\"GNU 12\",revision=\"abc\",version=\"1.2.3\"} 1\n"),
            HasSubstr("iothub_job_exporter_hubs{state=\"failing\"} 2\n"),
            HasSubstr("iothub_job_exporter_hubs{state=\"owned\"} 3\n"),
            HasSubstr("iothub_job_exporter_hubs{state=\"withdrawn\"} 1\n"),
            HasSubstr("iothub_job_exporter_scheduler_lag_seconds 1.5\n"),
            HasSubstr("iothub_job_exporter_http_requests_in_flight 7\n"),
            HasSubstr("iothub_job_exporter_log_messages_total{level=\"warn\"} 4\n"),
            HasSubstr("iothub_job_exporter_unknown_values_total{field=\"status\"} 1\n"),
            HasSubstr("iothub_job_exporter_unknown_values_total{field=\"type\"} 0\n"),
            HasSubstr("iothub_job_exporter_http_requests_total{code=\"200\",handler=\"metrics\"} 1\n"),
            HasSubstr("iothub_job_exporter_config_last_reload_successful 1\n")));
}

TEST_F(ExporterMetricsTest, TellsOfTheStorageIfThereIsOne) {
  EXPECT_THAT(page(), Not(HasSubstr("iothub_job_exporter_storage")));
  ExporterReadings readings;
  readings.storage = LedgerStorage{.up = false, .errors = 7};
  EXPECT_THAT(metrics.render(readings, Format::text),
              AllOf(HasSubstr("\niothub_job_exporter_storage_up 0\n"),
                    HasSubstr("\niothub_job_exporter_storage_errors_total 7\n")));
}

TEST_F(ExporterMetricsTest, SpeaksOpenMetricsToWhoWantsIt) {
  EXPECT_THAT(page(Format::openmetrics),
              AllOf(HasSubstr("# TYPE iothub_job_exporter_build info\n"),
                    HasSubstr("# TYPE iothub_job_exporter_http_requests_in_flight gauge\n"),
                    HasSubstr("# TYPE iothub_job_exporter_api_retries counter\n"),
                    HasSubstr("# TYPE process_cpu_seconds counter\n# UNIT process_cpu_seconds seconds\n"),
                    HasSubstr("le=\"1.0\"}"), Not(HasSubstr("# TYPE process_cpu_seconds_total"))));
  EXPECT_THAT(page(), AllOf(HasSubstr("le=\"1.0\"}"), Not(HasSubstr("UNIT"))))
      << "one series, whatever the format";
}

TEST_F(ExporterMetricsTest, TellsOfTheProcess) {
  const std::string text = page();
  for (const auto* name :
       {"process_cpu_seconds_total", "process_open_fds", "process_max_fds", "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_start_time_seconds", "process_threads"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name + " ")) << name;
  }
  EXPECT_THAT(text, Not(HasSubstr("process_resident_memory_bytes 0\n")));
}

TEST_F(ExporterMetricsTest, EachFamilyStandsOnceAndInOrder) {
  const std::string text = page();
  std::string last;
  for (std::size_t at = text.find("# TYPE "); at != std::string::npos; at = text.find("# TYPE ", at + 1)) {
    const std::string name = text.substr(at + 7, text.find(' ', at + 7) - at - 7);
    EXPECT_LT(last, name);
    last = name;
  }
  std::set<std::string_view> names;
  for (const MetricRow& row : exporter_metric_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.help.find_first_of("\n\\"), std::string_view::npos) << row.name;
  }
}

}  // namespace
}  // namespace iothub

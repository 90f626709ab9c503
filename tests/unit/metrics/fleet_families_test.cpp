#include "metrics/fleet_families.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/hubs.hpp"
#include "support/page_from_scratch.hpp"

namespace iothub {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// One hub that was polled well just now.
class FleetFamiliesTest : public testing::Test {
 protected:
  HubSnapshot& hub(std::string name, std::vector<Job> jobs) {
    auto snapshot = polled_hub(std::move(name), std::move(jobs), clock.wall_now(), clock.steady_now());
    HubSnapshot& reference = *snapshot;
    hubs.push_back(std::move(snapshot));
    return reference;
  }

  PageFromScratch render() { return page_from_scratch(hubs, options, clock.wall_now(), clock.steady_now()); }

  // The lines of one family's samples.
  std::string samples(std::string_view name) {
    const std::string page = render().text;
    std::string found;
    std::size_t at = 0;
    while (at < page.size()) {
      const auto end = page.find('\n', at);
      const auto line = std::string_view(page).substr(at, end - at);
      if (line.starts_with(name) && (line[name.size()] == '{' || line[name.size()] == ' ')) {
        found += std::string(line) + "\n";
      }
      at = end + 1;
    }
    return found;
  }

  FakeClock clock;
  HubFactsOptions options;
  std::vector<std::shared_ptr<const HubSnapshot>> hubs;
  const WallTime noon = FakeClock::kNoon;
};

TEST_F(FleetFamiliesTest, ZeroIsAValueForExportImportAndWhatWasSeen) {
  hub("h", {make_job("a", JobType::backup, JobStatus::failed),
            make_job("b", JobType::export_devices, JobStatus::other)});
  const std::string jobs = samples("azure_iothub_jobs");
  EXPECT_THAT(jobs,
              AllOf(HasSubstr(R"({hub="h",job_type="import",status="failed"} 0)"),
                    HasSubstr(R"({hub="h",job_type="backup",status="failed"} 1)"),
                    HasSubstr(R"({hub="h",job_type="backup",status="enqueued"} 0)"),
                    HasSubstr(R"({hub="h",job_type="export",status="other"} 1)"),
                    Not(HasSubstr(R"(job_type="import",status="other")")), Not(HasSubstr("firmwareUpdate"))));
  EXPECT_EQ(std::ranges::count(jobs, '\n'), 19);
}

TEST_F(FleetFamiliesTest, AnExpectedTypeCountsFromZeroBeforeItIsSeen) {
  HubSnapshot& snapshot = hub("h", {});
  snapshot.totals = std::make_shared<const HubTotals>();
  snapshot.expect = {{.job_type = JobType::backup, .completed_within = hours{24}, .max_duration = {}}};
  for (const auto* series :
       {R"(azure_iothub_jobs{hub="h",job_type="backup",status="running"} 0)",
        R"(azure_iothub_jobs_finished_total{hub="h",job_type="backup",status="failed"} 0)",
        R"(azure_iothub_job_failures_total{hub="h",job_type="backup",failure_class="quota"} 0)",
        R"(azure_iothub_finished_job_duration_seconds_count{hub="h",job_type="backup",status="failed"} 0)",
        R"(azure_iothub_job_busy_seconds_total{hub="h",job_type="backup"} 0)"}) {
    EXPECT_THAT(render().text, HasSubstr(std::string(series) + "\n"));
  }
  EXPECT_THAT(render().text,
              Not(HasSubstr(R"(azure_iothub_finished_job_duration_seconds_count{hub="h",job_type="export")")))
      << "not expected, and nothing counted";
}

TEST_F(FleetFamiliesTest, TheNewestEndDecidesForEachFinalStatus) {
  hub("h",
      {make_job("old", JobType::export_devices, JobStatus::completed, noon - hours{5}, noon - hours{4}),
       make_job("new", JobType::export_devices, JobStatus::completed, noon - minutes{90}, noon - hours{1}),
       make_job("bad", JobType::export_devices, JobStatus::failed, noon - hours{9}, noon - hours{8}),
       make_job("odd", JobType::export_devices, JobStatus::unknown, noon - hours{2}, noon - minutes{1}),
       make_job("now", JobType::export_devices, JobStatus::running, noon - minutes{1})});
  EXPECT_EQ(
      samples("azure_iothub_last_job_duration_seconds"),
      "azure_iothub_last_job_duration_seconds{hub=\"h\",job_type=\"export\",status=\"completed\"} 1800\n"
      "azure_iothub_last_job_duration_seconds{hub=\"h\",job_type=\"export\",status=\"failed\"} 3600\n");
  EXPECT_THAT(samples("azure_iothub_last_job_end_timestamp_seconds"),
              HasSubstr("status=\"completed\"} " + format_value(unix_seconds(noon - hours{1}))));
  EXPECT_EQ(samples("azure_iothub_last_job_start_timestamp_seconds"),
            "azure_iothub_last_job_start_timestamp_seconds{hub=\"h\",job_type=\"export\"} " +
                format_value(unix_seconds(noon - minutes{1})) + "\n");
}

TEST_F(FleetFamiliesTest, AnEndInTheFutureHidesNoOther) {
  const auto at = [this](hours when) {
    return "status=\"completed\"} " + format_value(unix_seconds(noon + when)) + "\n";
  };
  const Job wrong =
      make_job("w", JobType::export_devices, JobStatus::completed, noon + hours{200}, noon + hours{201});
  const Job right =
      make_job("r", JobType::export_devices, JobStatus::completed, noon - hours{5}, noon - hours{4});
  const Job ahead = make_job("a", JobType::export_devices, JobStatus::completed, noon, noon + hours{1});
  hub("h", {right, wrong});
  EXPECT_THAT(samples("azure_iothub_last_job_end_timestamp_seconds"), HasSubstr(at(-hours{4})));
  hub("h", {wrong, right, ahead});
  EXPECT_THAT(samples("azure_iothub_last_job_end_timestamp_seconds"), HasSubstr(at(hours{1})))
      << "clocks differ";
  hub("h", {wrong});
  EXPECT_THAT(samples("azure_iothub_last_job_end_timestamp_seconds"), HasSubstr(at(hours{201})))
      << "better than none";
}

TEST_F(FleetFamiliesTest, AFailureThatTellsNoEndIsStillSeen) {
  hub("h", {make_job("old", JobType::export_devices, JobStatus::completed, noon - hours{5}, noon - hours{4}),
            make_job("bad", JobType::export_devices, JobStatus::failed, noon - hours{1})});
  EXPECT_THAT(samples("azure_iothub_last_job_end_timestamp_seconds"),
              HasSubstr("status=\"failed\"} " + format_value(unix_seconds(noon - hours{1}))));
  EXPECT_THAT(samples("azure_iothub_last_job_duration_seconds"), Not(HasSubstr("failed")));
}

TEST_F(FleetFamiliesTest, TheOldestActiveJobIsThereOnlyWhileOneIs) {
  hub("h", {make_job("a", JobType::import_devices, JobStatus::enqueued, noon - minutes{3}),
            make_job("b", JobType::import_devices, JobStatus::enqueued, noon - minutes{9}),
            make_job("c", JobType::export_devices, JobStatus::completed, noon - minutes{9}, noon)});
  EXPECT_EQ(samples("azure_iothub_oldest_active_job_start_timestamp_seconds"),
            "azure_iothub_oldest_active_job_start_timestamp_seconds{hub=\"h\",job_type=\"import\",status="
            "\"enqueued\"} " +
                format_value(unix_seconds(noon - minutes{9})) + "\n");
}

TEST_F(FleetFamiliesTest, JobGaugesOfAStaleHubDisappearTogetherAndNothingElseDoes) {
  hub("h", {make_job("a", JobType::export_devices, JobStatus::failed, noon, noon)}).polls.up = false;
  EXPECT_EQ(render().valid.tick, clock.steady_now() + minutes{15});
  clock.advance(minutes{15});
  EXPECT_NE(samples("azure_iothub_jobs"), "");
  clock.advance(seconds{1});
  for (const auto* name : {"azure_iothub_jobs", "azure_iothub_last_job_end_timestamp_seconds",
                           "azure_iothub_last_job_duration_seconds", "azure_iothub_job_details_dropped"}) {
    EXPECT_EQ(samples(name), "") << name;
  }
  EXPECT_EQ(samples("azure_iothub_up"), "azure_iothub_up{hub=\"h\"} 0\n");
  EXPECT_NE(samples("azure_iothub_info"), "");
  EXPECT_NE(samples("azure_iothub_last_successful_poll_timestamp_seconds"), "");
}

TEST_F(FleetFamiliesTest, AHubThatWasNeverPolledHasCountersAndNoVerdict) {
  auto snapshot = std::make_shared<HubSnapshot>();
  snapshot->id = {.subscription_id = "s", .resource_group = "g", .name = "new"};
  hubs.push_back(snapshot);
  EXPECT_EQ(samples("azure_iothub_polls_total"), "azure_iothub_polls_total{hub=\"new\"} 0\n");
  EXPECT_EQ(std::ranges::count(samples("azure_iothub_poll_errors_total"), '\n'), 9);
  EXPECT_EQ(samples("azure_iothub_up"), "");
  EXPECT_EQ(samples("azure_iothub_active"), "");
  EXPECT_EQ(samples("azure_iothub_info"),
            "azure_iothub_info{hub=\"new\",subscription_id=\"s\",resource_group=\"g\",location=\"\",sku=\"\","
            "tier=\"\"} 1\n");
}

TEST_F(FleetFamiliesTest, ExpectationsAreExportedWhateverTheJobs) {
  hub("h", {}).expect = {
      {.job_type = JobType::export_devices, .completed_within = hours{24}, .max_duration = {}},
      {.job_type = JobType::backup, .completed_within = {}, .max_duration = hours{2}}};
  EXPECT_EQ(samples("azure_iothub_expected_job_interval_seconds"),
            "azure_iothub_expected_job_interval_seconds{hub=\"h\",job_type=\"export\"} 86400\n");
  EXPECT_EQ(samples("azure_iothub_expected_job_max_duration_seconds"),
            "azure_iothub_expected_job_max_duration_seconds{hub=\"h\",job_type=\"backup\"} 7200\n");
}

TEST_F(FleetFamiliesTest, ListedJobsHaveNoSeriesOfTheirOwnUnlessWanted) {
  hub("h", {make_job("a", JobType::export_devices, JobStatus::running, noon)});
  EXPECT_EQ(samples("azure_iothub_job_status"), "");
  options.details.enabled = true;
  EXPECT_EQ(samples("azure_iothub_job_status"),
            "azure_iothub_job_status{hub=\"h\",job_id=\"a\",job_type=\"export\",status=\"running\"} 1\n");
}

TEST_F(FleetFamiliesTest, AnActiveJobsDurationIsItsAgeAtTheLastPoll) {
  options.details.enabled = true;
  hub("h", {make_job("a", JobType::export_devices, JobStatus::running, noon - minutes{2}),
            make_job("b", JobType::export_devices, JobStatus::enqueued, noon + minutes{2}),
            make_job("c", JobType::export_devices, JobStatus::completed, noon, noon - minutes{2})});
  clock.advance(minutes{5});
  const std::string durations = samples("azure_iothub_job_duration_seconds");
  EXPECT_THAT(durations, HasSubstr(R"(job_id="a",job_type="export",status="running"} 120)"));
  EXPECT_THAT(durations, HasSubstr(R"(job_id="b",job_type="export",status="enqueued"} 0)"))
      << "clocks differ";
  EXPECT_THAT(durations, HasSubstr(R"(job_id="c",job_type="export",status="completed"} 0)"))
      << "never negative";
}

TEST_F(FleetFamiliesTest, DetailsKeepTheNewestAndCountWhatTheLimitsHid) {
  options.details = {.enabled = true, .finished_within = hours{24}, .max_per_hub = 2, .max_total = 3};
  hub("a",
      {make_job("a1", JobType::export_devices, JobStatus::completed, noon - hours{1}, noon - hours{1}),
       make_job("a2", JobType::export_devices, JobStatus::completed, noon - hours{2}, noon - hours{2}),
       make_job("a3", JobType::export_devices, JobStatus::completed, noon - hours{3}, noon - hours{3}),
       make_job("too old", JobType::export_devices, JobStatus::completed, noon - hours{30}, noon - hours{25}),
       make_job("", JobType::export_devices, JobStatus::running, noon)});
  hub("b", {make_job("b1", JobType::export_devices, JobStatus::completed, noon - minutes{1}, noon),
            make_job("b2", JobType::export_devices, JobStatus::completed, noon - minutes{90}, noon)});
  EXPECT_EQ(samples("azure_iothub_job_info"),
            "azure_iothub_job_info{hub=\"a\",job_id=\"a1\",job_type=\"export\",parent_job_id=\"\"} 1\n"
            "azure_iothub_job_info{hub=\"b\",job_id=\"b1\",job_type=\"export\",parent_job_id=\"\"} 1\n"
            "azure_iothub_job_info{hub=\"b\",job_id=\"b2\",job_type=\"export\",parent_job_id=\"\"} 1\n");
  EXPECT_EQ(samples("azure_iothub_job_details_dropped"),
            "azure_iothub_job_details_dropped{hub=\"a\"} 2\nazure_iothub_job_details_dropped{hub=\"b\"} 0\n");
}

TEST_F(FleetFamiliesTest, AJobsOwnSeriesEndWithTheirWindow) {
  options.details.enabled = true;
  options.stale_after = hours{48};
  hub("h",
      {make_job("a", JobType::export_devices, JobStatus::completed, noon - hours{23}, noon - hours{22})});
  EXPECT_EQ(render().valid.wall, clock.wall_now() + hours{2});
  clock.advance(hours{2} + seconds{1});
  EXPECT_EQ(samples("azure_iothub_job_status"), "");
}

TEST_F(FleetFamiliesTest, NamedJobsAlwaysHaveSeriesFoundOrNot) {
  auto jobs = std::make_shared<HubJobs>();
  jobs->jobs = {
      make_job("x", JobType::export_devices, JobStatus::completed, noon - hours{999}, noon - hours{998})};
  jobs->watched = {{.id = "x", .found = true}, {.id = "y\"z", .found = false}};
  hub("h", {}).jobs = jobs;
  EXPECT_EQ(samples("azure_iothub_job_found"),
            "azure_iothub_job_found{hub=\"h\",job_id=\"x\"} "
            "1\nazure_iothub_job_found{hub=\"h\",job_id=\"y\\\"z\"} 0\n");
  EXPECT_THAT(samples("azure_iothub_job_status"), HasSubstr("job_id=\"x\""));
}

TEST_F(FleetFamiliesTest, EveryRowHasAHelpTextThatFitsOneLine) {
  std::set<std::string_view> names;
  for (const MetricRow& row : fleet_metric_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.name.starts_with("azure_iothub_")) << row.name;
    EXPECT_EQ(row.help.find_first_of("\n\\"), std::string_view::npos) << row.name;
    EXPECT_EQ(row.help.back(), '.') << row.name;
  }
}

}  // namespace
}  // namespace iothub

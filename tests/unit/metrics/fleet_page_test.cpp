#include "metrics/fleet_page.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/hubs.hpp"
#include "support/page_from_scratch.hpp"
#include "support/page_text.hpp"

namespace iothub {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr HubFactsOptions kDetailed{
    .stale_after = minutes{15},
    .details = {.enabled = true, .finished_within = hours{24}, .max_per_hub = 200, .max_total = 5000}};

class FleetPageTest : public testing::Test {
 protected:
  void publish(std::string name, std::vector<Job> jobs) {
    fleet.publish(polled_hub(std::move(name), std::move(jobs), clock.wall_now(), clock.steady_now()));
  }

  std::shared_ptr<const FleetBody> get(FleetPage& page, Format format = Format::text,
                                       Encoding encoding = Encoding::identity) {
    return page.get(format, encoding, clock.wall_now(), clock.steady_now());
  }

  std::string text(FleetPage& page, Format format = Format::text) {
    return joined(get(page, format)->page.parts);
  }

  std::string unzipped(FleetPage& page, Format format = Format::text) {
    return gunzip(joined(finish_page(get(page, format, Encoding::gzip)->page, Encoding::gzip, "")));
  }

  std::string from_scratch(const HubFactsOptions& options, Format format = Format::text) {
    return page_from_scratch(fleet.view().hubs, options, clock.wall_now(), clock.steady_now(), format).text;
  }

  FakeClock clock;
  Fleet fleet;
  const WallTime noon = FakeClock::kNoon;
};

// Jobs and hubs that come, go, change and grow old, the same every time.
class RandomFleet {
 public:
  RandomFleet(Fleet& fleet, FakeClock& clock) : fleet_(fleet), clock_(clock) {}

  // Publishes a few hubs or lets time pass.
  void step() {
    switch (pick(6)) {
      case 0:
        clock_.advance(minutes{static_cast<int>(pick(20))});
        break;
      case 1:
        clock_.advance(hours{static_cast<int>(pick(3))});
        break;
      default:
        for (auto count = pick(4); count > 0; --count) {
          publish();
        }
    }
  }

  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

  void publish() {
    auto hub = polled_hub("hub-" + std::to_string(pick(40)), jobs(), clock_.wall_now(), clock_.steady_now());
    hub->polls.polls = pick(1000);
    if (pick(5) == 0) {
      hub->polls.up = false;
      hub->polls.last_success_tick = clock_.steady_now() - minutes{static_cast<int>(pick(30))};
    } else if (pick(8) == 0) {
      auto watched = std::make_shared<HubJobs>(*hub->jobs);
      watched->watched = {{.id = "w", .found = pick(2) == 0}};
      hub->jobs = watched;
    } else if (pick(20) == 0) {
      hub->jobs = nullptr;
    }
    fleet_.publish(hub);
  }

 private:
  std::vector<Job> jobs() {
    std::vector<Job> jobs;
    const std::size_t count = pick(10) == 0 ? 300 : pick(40);
    for (std::size_t i = 0; i < count; ++i) {
      const WallTime start = clock_.wall_now() - minutes{static_cast<int>(pick(2000))};
      const auto status = static_cast<JobStatus>(pick(kJobStatusNames.size()));
      jobs.push_back(make_job(pick(50) == 0 ? "" : "job \"" + std::to_string(i) + "\"",
                              static_cast<JobType>(pick(kJobTypeNames.size())), status,
                              pick(10) == 0 ? std::nullopt : std::optional(start),
                              is_active(status) ? std::nullopt : std::optional(start + seconds{pick(5000)})));
    }
    return jobs;
  }

  Fleet& fleet_;
  FakeClock& clock_;
  std::mt19937 random_{10'468};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
};

TEST_F(FleetPageTest, AfterAnyChangesThePageIsAsIfItWereMadeFromScratch) {
  HubFactsOptions options = kDetailed;
  options.details.max_per_hub = 50;
  options.details.max_total = 600;
  FleetPage page(fleet, options);
  RandomFleet changes(fleet, clock);
  for (int i = 0; i < 250; ++i) {
    changes.step();
    const Format format = changes.pick(2) == 0 ? Format::text : Format::openmetrics;
    ASSERT_EQ(text(page, format), from_scratch(options, format)) << "step " << i;
    if (changes.pick(3) == 0) {
      ASSERT_EQ(unzipped(page, format), from_scratch(options, format)) << "step " << i;
    }
  }
}

TEST_F(FleetPageTest, TheLimitHoldsWhenTheClockHasJumpedBack) {
  const auto finished = [this](const std::string& hub, int count, hours ended) {
    std::vector<Job> jobs;
    for (int i = 0; i < count; ++i) {
      jobs.push_back(make_job(hub + std::to_string(i), JobType::export_devices, JobStatus::completed,
                              noon - ended - minutes{i}, noon - ended - minutes{i} + seconds{1}));
    }
    return jobs;
  };
  HubFactsOptions options = kDetailed;
  options.stale_after = hours{48};
  options.details.max_total = 6;
  FleetPage page(fleet, options);
  auto old_jobs = finished("old", 3, hours{23});
  std::ranges::copy(finished("new", 3, hours{1}), std::back_inserter(old_jobs));
  publish("a", old_jobs);
  publish("b", {});
  (void)text(page);
  clock.jump_wall(hours{2});  // three of them leave their window
  publish("b", finished("b", 5, hours{0}));
  (void)text(page);
  clock.jump_wall(-hours{2});
  publish("b", finished("b", 1, hours{0}));
  const std::string now = text(page);
  std::size_t shown = 0;
  for (auto at = now.find("azure_iothub_job_status{"); at != std::string::npos;
       at = now.find("azure_iothub_job_status{", at + 1)) {
    ++shown;
  }
  EXPECT_LE(shown, 6U);
  clock.advance(hours{2});
  EXPECT_THAT(text(page), Not(HasSubstr("job_id=\"old"))) << "their window is over";
}

TEST_F(FleetPageTest, AnUnchangedPageIsTheSameObject) {
  publish("h", {make_job("a", JobType::export_devices, JobStatus::running, noon)});
  FleetPage page(fleet, kDetailed);
  const auto first = get(page);
  clock.advance(minutes{15});
  EXPECT_EQ(get(page), first);
  const auto compressed = get(page, Format::text, Encoding::gzip);
  EXPECT_EQ(get(page, Format::text, Encoding::gzip), compressed);
  EXPECT_EQ(get(page), first) << "asking for another shape does not touch this one";
  publish("h", {});
  EXPECT_NE(get(page), first);
  EXPECT_THAT(joined(first->page.parts), HasSubstr("job_id=\"a\""))
      << "whoever still writes the old page may go on";
}

TEST_F(FleetPageTest, TheFormatsShareTheBytesOfTheirSamples) {
  publish("h", {make_job("a", JobType::export_devices, JobStatus::running, noon)});
  FleetPage page(fleet, kDetailed);
  const auto as_text = get(page);
  const auto as_openmetrics = get(page, Format::openmetrics);
  std::size_t shared = 0;
  for (const PagePart& part : as_text->page.parts) {
    shared += static_cast<std::size_t>(std::ranges::count(as_openmetrics->page.parts, part));
  }
  EXPECT_EQ(shared * 2, as_text->page.parts.size()) << "all but the lines before each family's samples";
}

TEST_F(FleetPageTest, AChangeOfOneHubLeavesMostPartsOfALargeFleetAlone) {
  for (int hub = 100; hub < 300; ++hub) {
    std::vector<Job> jobs;
    for (int job = 0; job < 20; ++job) {
      jobs.push_back(make_job("job-" + std::to_string(job), JobType::export_devices, JobStatus::completed,
                              noon - hours{2}, noon - hours{1} + seconds{hub}));
    }
    publish("hub-" + std::to_string(hub), jobs);
  }
  FleetPage page(fleet, kDetailed);
  const auto before = get(page, Format::text, Encoding::gzip)->page.parts;
  clock.advance(seconds{1});
  publish("hub-217", {make_job("job-1", JobType::export_devices, JobStatus::running, noon)});
  const auto after = get(page, Format::text, Encoding::gzip)->page.parts;
  std::size_t made = 0;
  for (const PagePart& part : after) {
    made += std::ranges::count(before, part) == 0 ? 1U : 0U;
  }
  EXPECT_GT(after.size(), 80U);
  EXPECT_LT(made, 20U);
}

TEST_F(FleetPageTest, NoSeriesOfAJobOutlivesItsWindow) {
  publish("h",
          {make_job("old", JobType::export_devices, JobStatus::completed, noon - hours{24}, noon - hours{23}),
           make_job("new", JobType::export_devices, JobStatus::completed, noon - hours{2}, noon)});
  HubFactsOptions options = kDetailed;
  options.stale_after = hours{48};
  FleetPage page(fleet, options);
  clock.advance(hours{1});
  EXPECT_THAT(text(page), HasSubstr("job_id=\"old\""));
  clock.advance(std::chrono::microseconds{1});
  EXPECT_THAT(text(page), Not(HasSubstr("job_id=\"old\"")));
  EXPECT_THAT(text(page), HasSubstr("job_id=\"new\""));
  clock.jump_wall(hours{23});
  EXPECT_THAT(text(page), Not(HasSubstr("job_id="))) << "windows are in calendar time";
}

TEST_F(FleetPageTest, AStaleHubLosesItsJobsThoughNothingWasPublished) {
  publish("h", {make_job("a", JobType::export_devices, JobStatus::running, noon)});
  FleetPage page(fleet, kDetailed);
  EXPECT_EQ(get(page)->hubs.withdrawn, 0U);
  clock.advance(minutes{15} + seconds{1});
  EXPECT_THAT(text(page), Not(HasSubstr("azure_iothub_jobs{")));
  EXPECT_EQ(get(page)->hubs.withdrawn, 1U);
}

// The sum of the family's samples by hub.
std::map<std::string, double> sums_by_hub(const std::string& page, const std::string& family) {
  std::map<std::string, double> sums;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    const std::string start = family + "{hub=\"";
    if (line.starts_with(start)) {
      const std::string hub = line.substr(start.size(), line.find('"', start.size()) - start.size());
      sums[hub] += std::stod(line.substr(line.rfind(' ')));
    }
  }
  return sums;
}

TEST_F(FleetPageTest, TheJobsOfAHubAddUpToWhatAzureListed) {
  RandomFleet changes(fleet, clock);
  FleetPage page(fleet, kDetailed);
  for (int i = 0; i < 60; ++i) {
    changes.publish();
  }
  auto sums = sums_by_hub(text(page), "azure_iothub_jobs");
  std::size_t checked = 0;
  for (const auto& hub : fleet.view().hubs) {
    if (const HubJobs* jobs = hub->fresh_jobs(clock.steady_now(), kDetailed.stale_after)) {
      EXPECT_EQ(sums[hub->id.name], static_cast<double>(jobs->jobs.size())) << hub->id.name;
      ++checked;
    }
  }
  EXPECT_GT(checked, 5U);
}

TEST_F(FleetPageTest, WithoutDetailsTheNumberOfSeriesDoesNotDependOnTheNumberOfJobs) {
  FleetPage page(fleet, {});
  const auto series_with = [&](std::size_t count) {
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < count; ++i) {
      jobs.push_back(make_job("job-" + std::to_string(i), JobType::export_devices,
                              i % 2 == 0 ? JobStatus::completed : JobStatus::other, noon - hours{i}, noon));
    }
    publish("h", std::move(jobs));
    return std::ranges::count(text(page), '\n');
  };
  EXPECT_EQ(series_with(10'000), series_with(10));
}

TEST_F(FleetPageTest, ManyScrapersSeeWholePagesWhileHubsChange) {
  publish("a", {});
  FleetPage page(fleet, kDetailed);
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  const auto scrape = [&](Format format, Encoding encoding) {
    while (!stop) {
      const auto body = page.get(format, encoding, noon, SteadyTime(hours{1000}));
      std::string all = joined(finish_page(body->page, encoding, "# end\n"));
      all = encoding == Encoding::gzip ? gunzip(all) : all;
      // Two jobs of one hub come and go together.
      const bool has_both = all.find("job_id=\"x\"") != std::string::npos;
      const bool has_one = all.find("job_id=\"y\"") != std::string::npos;
      wrong += has_both != has_one || !all.ends_with("# end\n") ? 1 : 0;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (const Format format : {Format::text, Format::openmetrics}) {
      for (const Encoding encoding : {Encoding::identity, Encoding::gzip}) {
        threads.emplace_back(scrape, format, encoding);
      }
    }
    for (int i = 0; i < 300; ++i) {
      std::vector<Job> jobs;
      if (i % 2 == 0) {
        jobs = {make_job("x", JobType::export_devices, JobStatus::running, noon),
                make_job("y", JobType::import_devices, JobStatus::running, noon)};
      }
      publish("hub-" + std::to_string(i % 7), std::move(jobs));
      (void)text(page);
    }
    stop = true;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(text(page), from_scratch(kDetailed));
}

}  // namespace
}  // namespace iothub

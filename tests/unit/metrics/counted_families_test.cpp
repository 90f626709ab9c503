#include "metrics/counted_families.hpp"

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A hub whose last good poll is too old, or was never: `jobs` is null.
class CountedFamiliesTest : public testing::Test {
 protected:
  CountedFamiliesTest() {
    for (const JobType type : {JobType::export_devices, JobType::import_devices}) {
      hub.types.at(static_cast<std::size_t>(type)).shown = true;
    }
  }

  std::string samples(void (*add)(const Samples&, const HubFacts&)) {
    auto snapshot = std::make_shared<HubSnapshot>();
    snapshot->id.name = "h";
    snapshot->totals = std::make_shared<const HubTotals>(totals);
    hub.snapshot = snapshot;
    TextWriter out;
    add({out, "m"}, hub);
    return out.take();
  }

  HubFacts hub;
  HubTotals totals;
};

TEST_F(CountedFamiliesTest, ZeroIsAValueFromTheStartForEachTypeThatIsShown) {
  EXPECT_EQ(samples(add_finished),
            "m{hub=\"h\",job_type=\"export\",status=\"completed\"} 0\n"
            "m{hub=\"h\",job_type=\"export\",status=\"failed\"} 0\n"
            "m{hub=\"h\",job_type=\"export\",status=\"cancelled\"} 0\n"
            "m{hub=\"h\",job_type=\"import\",status=\"completed\"} 0\n"
            "m{hub=\"h\",job_type=\"import\",status=\"failed\"} 0\n"
            "m{hub=\"h\",job_type=\"import\",status=\"cancelled\"} 0\n");
  EXPECT_EQ(samples(add_busy), "m{hub=\"h\",job_type=\"export\"} 0\nm{hub=\"h\",job_type=\"import\"} 0\n");
  const std::string failures = samples(add_failures);
  for (const auto* name :
       {"storage_access", "container_not_found", "bad_input", "quota", "service", "other"}) {
    EXPECT_THAT(failures, HasSubstr("job_type=\"import\",failure_class=\"" + std::string(name) + "\"} 0\n"));
  }
}

TEST_F(CountedFamiliesTest, WhatWasCountedIsShownByItsLabels) {
  TypeTotals& imports = totals.of(JobType::import_devices);
  imports.finished.at(1).jobs = 3;
  imports.failures.at(static_cast<std::size_t>(FailureClass::quota)) = 2;
  imports.busy = milliseconds{1500};
  EXPECT_THAT(samples(add_finished), HasSubstr("job_type=\"import\",status=\"failed\"} 3\n"));
  EXPECT_THAT(samples(add_failures), HasSubstr("job_type=\"import\",failure_class=\"quota\"} 2\n"));
  EXPECT_THAT(samples(add_busy), HasSubstr("job_type=\"import\"} 1.5\n"));
}

TEST_F(CountedFamiliesTest, AnExpectedTypeHasHistogramsFromTheStart) {
  hub.types.at(static_cast<std::size_t>(JobType::export_devices)).expected = true;
  const std::string zeros = samples(add_finished_duration);
  for (const auto* status : {"completed", "failed", "cancelled"}) {
    const std::string labels = R"(hub="h",job_type="export",status=")" + std::string(status) + '"';
    EXPECT_THAT(zeros,
                AllOf(HasSubstr("m_bucket{" + labels + ",le=\"+Inf\"} 0\n"),
                      HasSubstr("m_sum{" + labels + "} 0\n"), HasSubstr("m_count{" + labels + "} 0\n")));
  }
  EXPECT_THAT(zeros, Not(HasSubstr("import")));
}

TEST_F(CountedFamiliesTest, AHistogramIsThereOnceAJobIsCounted) {
  EXPECT_EQ(samples(add_finished_duration), "");
  FinishedTotals& completed = totals.of(JobType::export_devices).finished.at(0);
  completed.jobs = 4;  // one of which tells no duration
  completed.by_duration.at(0) = 1;
  completed.by_duration.at(4) = 1;
  completed.by_duration.back() = 1;
  completed.duration = seconds{100'000};
  const std::string labels = R"(hub="h",job_type="export",status="completed")";
  EXPECT_THAT(
      samples(add_finished_duration),
      AllOf(HasSubstr("m_bucket{" + labels + ",le=\"1"), HasSubstr("m_bucket{" + labels + ",le=\"86400"),
            HasSubstr("m_bucket{" + labels + ",le=\"+Inf\"} 3\n"),
            HasSubstr("m_sum{" + labels + "} 100000\n"), HasSubstr("m_count{" + labels + "} 3\n"),
            Not(HasSubstr("failed"))));
}

}  // namespace
}  // namespace iothub

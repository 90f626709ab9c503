#include "job/job_type.hpp"

#include <set>

#include <gtest/gtest.h>

#include "job/job_status.hpp"

namespace iothub {
namespace {

TEST(JobType, NamesAreAzuresAndComeBack) {
  for (const auto& [type, name] : kJobTypeNames) {
    EXPECT_EQ(parse_job_type(name), type);
    EXPECT_EQ(to_string(type), name);
  }
  EXPECT_EQ(to_string(parse_job_type("FIRMWAREUPDATE")), "firmwareUpdate");
}

TEST(JobType, ANameThatIsNotAzuresIsOther) {
  for (const auto name : {"", "scheduleDeviceMethod", "exports", " export"}) {
    EXPECT_EQ(parse_job_type(name), JobType::other) << name;
  }
}

TEST(JobStatus, NamesAreAzuresAndComeBack) {
  for (const auto& [status, name] : kJobStatusNames) {
    EXPECT_EQ(parse_job_status(name), status);
    EXPECT_EQ(to_string(status), name);
  }
  EXPECT_EQ(parse_job_status("Completed"), JobStatus::completed);
}

TEST(JobStatus, EachStatusIsActiveOrFinalOrNeitherButNotBoth) {
  std::set<std::string_view> active;
  std::set<std::string_view> final;
  for (const auto& [status, name] : kJobStatusNames) {
    if (is_active(status)) {
      active.insert(name);
    }
    if (is_final(status)) {
      final.insert(name);
    }
  }
  EXPECT_EQ(active, (std::set<std::string_view>{"enqueued", "running"}));
  EXPECT_EQ(final, (std::set<std::string_view>{"completed", "failed", "cancelled"}));
}

}  // namespace
}  // namespace iothub

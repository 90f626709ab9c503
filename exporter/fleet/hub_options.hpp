// A hub that is watched, as configuration (later also discovery) names it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "job/hub.hpp"
#include "job/job_type.hpp"

namespace iothub {

// What ought to happen on a hub. At least one of the two times is there.
struct Expectation {
  JobType job_type = JobType::export_devices;
  std::optional<std::chrono::milliseconds> completed_within;
  std::optional<std::chrono::milliseconds> max_duration;
  bool operator==(const Expectation&) const = default;
};

struct HubOptions {
  HubId id;
  std::string credential = "default";
  std::chrono::milliseconds interval{60'000};         // between polls while nothing runs
  std::chrono::milliseconds active_interval{15'000};  // while one of its jobs is enqueued or running
  std::vector<std::string> jobs;                      // ids to fetch one by one; empty = the whole list
  std::vector<Expectation> expect;
};

}  // namespace iothub

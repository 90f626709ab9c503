// Jobs as the tests of the ledger need them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fleet/hub_snapshot.hpp"
#include "support/fake_clock.hpp"
#include "support/hubs.hpp"

namespace iothub {

inline Job job_of(std::string id, JobStatus status, std::optional<WallTime> start = {},
                  std::optional<WallTime> end = {}, JobType type = JobType::export_devices) {
  return make_job(std::move(id), type, status, start, end);
}

inline HubJobs list_of(std::vector<Job> jobs, WallTime now) {
  return {.jobs = std::move(jobs), .watched = {}, .read_at = now};
}

}  // namespace iothub

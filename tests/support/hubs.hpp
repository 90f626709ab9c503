// Hubs and jobs as polls would have left them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fleet/hub_snapshot.hpp"

namespace iothub {

inline Job make_job(std::string id, JobType type, JobStatus status, std::optional<WallTime> start = {},
                    std::optional<WallTime> end = {}) {
  Job job;
  job.id = std::move(id);
  job.type = type;
  job.status = status;
  job.start = start;
  job.end = end;
  return job;
}

// A hub that was polled well just now and had these jobs.
inline std::shared_ptr<HubSnapshot> polled_hub(std::string name, std::vector<Job> jobs, WallTime now,
                                               SteadyTime now_tick) {
  auto known = std::make_shared<HubJobs>();
  known->jobs = std::move(jobs);
  known->read_at = now;
  auto snapshot = std::make_shared<HubSnapshot>();
  snapshot->id = {.subscription_id = "s", .resource_group = "g", .name = std::move(name)};
  for (const Job& job : known->jobs) {
    snapshot->types_seen.at(static_cast<std::size_t>(job.type)) = true;
  }
  snapshot->jobs = known;
  snapshot->polls.up = true;
  snapshot->polls.last_success = now;
  snapshot->polls.last_success_tick = now_tick;
  return snapshot;
}

}  // namespace iothub

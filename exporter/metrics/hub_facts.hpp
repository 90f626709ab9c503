// One hub as its metrics need it: the snapshot's jobs added up once, instead of once per metric.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "fleet/hub_snapshot.hpp"
#include "fleet/job_details_options.hpp"

namespace iothub {

inline constexpr std::size_t kJobTypes = kJobTypeNames.size();
inline constexpr std::size_t kJobStatuses = kJobStatusNames.size();

// The jobs of one type on one hub.
struct TypeFacts {
  bool shown = false;  // export, import, and each type seen since the hub is watched
  std::array<std::size_t, kJobStatuses> count{};
  std::array<const Job*, kJobStatuses> newest_ended{};  // by Job::ended_at, of final statuses
  std::array<std::optional<WallTime>, kJobStatuses> oldest_start{};
  std::optional<WallTime> newest_start;
};

struct HubFacts {
  std::shared_ptr<const HubSnapshot> snapshot;
  const HubJobs* jobs =
      nullptr;  // inside `snapshot`; null while there are none, or if they are too old to show
  std::array<TypeFacts, kJobTypes> types{};
  std::vector<const Job*> details;  // that get series of their own, newest first
  std::size_t details_dropped = 0;  // that would, were it not for the limits
};

// When jobs are too old, and which of them get their own series.
struct HubFactsOptions {
  std::chrono::milliseconds stale_after{900'000};
  JobDetailsOptions details;
};

struct FleetFacts {
  std::vector<HubFacts> hubs;
  SteadyTime valid_until =
      SteadyTime::max();  // when they change without a poll: jobs grow too old to be shown
};

// The times are the same moment on both clocks.
FleetFacts collect_facts(const std::vector<std::shared_ptr<const HubSnapshot>>& hubs,
                         const HubFactsOptions& options, WallTime now, SteadyTime now_tick);

}  // namespace iothub

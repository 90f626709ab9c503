// One hub as its metrics need it: the snapshot's jobs added up once, instead of once per metric.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "exposition/text_writer.hpp"
#include "fleet/hub_snapshot.hpp"
#include "fleet/job_details_options.hpp"

namespace iothub {

inline constexpr std::size_t kJobTypes = kJobTypeNames.size();
inline constexpr std::size_t kJobStatuses = kJobStatusNames.size();

// The jobs of one type on one hub.
struct TypeFacts {
  bool shown = false;  // export, import, each type that is expected, and each seen since the hub is watched
  bool expected = false;  // by the hub's configuration
  std::array<std::size_t, kJobStatuses> count{};
  std::array<const Job*, kJobStatuses> newest_ended{};  // by Job::ended_at, of final statuses
  std::array<std::optional<WallTime>, kJobStatuses> oldest_start{};
  std::optional<WallTime> newest_start;
};

// Until when something is true if nothing else happens; each clock has its own reasons.
struct Validity {
  SteadyTime tick = SteadyTime::max();  // then the last good poll is too old
  WallTime wall = WallTime::max();      // then a job has left its window

  [[nodiscard]] bool holds(WallTime now, SteadyTime now_tick) const {
    return now_tick <= tick && now <= wall;
  }
  void shorten(const Validity& other) {
    tick = std::min(tick, other.tick);
    wall = std::min(wall, other.wall);
  }
};

// A job that gets series of its own.
struct JobDetail {
  const Job* job;
  LabelText labels;  // hub, job_id and job_type, which all of its series have
};

struct HubFacts {
  std::shared_ptr<const HubSnapshot> snapshot;
  const HubJobs* jobs =
      nullptr;  // inside `snapshot`; null while there are none, or if they are too old to show
  std::array<TypeFacts, kJobTypes> types{};
  std::vector<JobDetail> details;   // newest first
  std::size_t details_dropped = 0;  // that would, were it not for the limits
  Validity valid;
};

inline std::string_view hub_name(const HubFacts& hub) {
  return hub.snapshot->id.name;
}

// When jobs are too old, and which of them get their own series.
struct HubFactsOptions {
  std::chrono::milliseconds stale_after{900'000};
  JobDetailsOptions details;
};

// What is true of a hub by itself: its details are within the limit of one hub only. The times are the same
// moment on both clocks.
HubFacts facts_of(std::shared_ptr<const HubSnapshot> snapshot, const HubFactsOptions& options, WallTime now,
                  SteadyTime now_tick);

// Which of its details each hub may show for there to be at most `limit` on the whole page: so many of its
// newest. Those of jobs that are named in the configuration do not count.
std::vector<std::size_t> share_details(const std::vector<std::span<const Job* const>>& details,
                                       std::size_t limit);

// The jobs of a hub's details that count for that limit.
std::vector<const Job*> shared_details(const HubFacts& facts);

}  // namespace iothub

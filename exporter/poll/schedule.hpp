// When a hub is due. Pure arithmetic: no thread, no clock, no lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "job/hub.hpp"

namespace iothub {

// Where in its interval a hub is polled, in [0, 1). Depends on nothing but the hub's resource id (regardless
// of case), so it stays the same over restarts, and many hubs spread evenly.
double phase_of(const HubId& hub);

// The first polls: in the order of their phases, ten hubs a second, but all within one `interval`. A first
// poll takes two reads, so this stays below the 25 a second at which ARM refills a client's bucket.
SteadyTime first_due(SteadyTime start, double phase, std::size_t hubs, std::chrono::milliseconds interval);

struct FinishedPoll {
  SteadyTime began;
  SteadyTime ended;
  std::optional<std::chrono::seconds> retry_after;  // what ARM asked for
};

// The next poll is on the hub's grid, which starts at `start` plus its phase: the first point that is later
// than the end of the last poll and at least half an interval after its beginning. Points that were missed
// are not made up. Never before ARM said that it may be.
SteadyTime next_due(SteadyTime start, double phase, std::chrono::milliseconds interval,
                    const FinishedPoll& last);

}  // namespace iothub

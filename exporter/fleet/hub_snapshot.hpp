// What is known about one hub as of its last poll. Never changes once it is published: the next poll
// publishes a new one, so whoever holds it sees one poll, never half of one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "fleet/hub_options.hpp"
#include "fleet/hub_totals.hpp"
#include "job/hub.hpp"
#include "job/job.hpp"

namespace iothub {

// The values of the `reason` label of failed polls, in the order of PollStats::errors.
inline constexpr std::array<ErrorKind, 9> kPollErrorReasons{
    ErrorKind::unauthorized, ErrorKind::forbidden,    ErrorKind::not_found,
    ErrorKind::throttled,    ErrorKind::timeout,      ErrorKind::network,
    ErrorKind::tls,          ErrorKind::server_error, ErrorKind::bad_response,
};

// The place in kPollErrorReasons that a failure counts at. What can only be our own side's counts at what the
// person on call would look at first: an unreadable secret at unauthorized, a refused resource at network.
std::size_t poll_error_index(ErrorKind kind);

// The same as the value of the `reason` label.
std::string_view poll_error_reason(ErrorKind kind);

// Of one hub since it is watched. The counts only grow.
struct PollStats {
  std::uint64_t polls = 0;
  std::array<std::uint64_t, kPollErrorReasons.size()> errors{};
  std::optional<bool> up;  // whether the last poll succeeded
  std::optional<std::chrono::microseconds> last_duration;
  std::optional<WallTime> last_success;         // when the last good poll began
  std::optional<SteadyTime> last_success_tick;  // the same moment, for its age
};

// A job that configuration names by id.
struct JobPresence {
  std::string id;
  bool found = false;
};

// The jobs of one good poll.
struct HubJobs {
  std::vector<Job> jobs;             // no id twice, except for the empty one
  std::vector<JobPresence> watched;  // the ids under `jobs`; empty if the whole list is polled
  WallTime read_at{};
};

struct HubSnapshot {
  HubId id;
  std::vector<Expectation> expect;
  std::optional<Hub> hub;  // absent while the hub itself was never read
  std::shared_ptr<const HubJobs>
      jobs;  // of the last good poll; null before it, and while the hub is not active
  std::array<bool, kJobTypeNames.size()> types_seen{};  // since the hub is watched, by JobType
  std::shared_ptr<const HubTotals>
      totals;  // of the ledger, as of the last good poll; a poller sets it at once
  PollStats polls;

  // The jobs, unless the last good poll is older than `stale_after`: then they are nobody's knowledge any
  // more.
  [[nodiscard]] const HubJobs* fresh_jobs(SteadyTime now, std::chrono::milliseconds stale_after) const;
};

}  // namespace iothub

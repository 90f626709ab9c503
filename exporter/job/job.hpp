// One job of an IoT Hub, as of the moment it was read. A value; nothing in it refers to the answer it came
// from.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "job/job_status.hpp"
#include "job/job_type.hpp"

namespace iothub {

// Azure lists a job for up to 30 days, and jobs take minutes. Dates that are further apart are wrong.
inline constexpr std::chrono::hours kLongestJob{35 * 24};

// JobResponse of Microsoft.Devices: eight members, any of which Azure may leave out. A text that was left out
// is empty, a type or status that was left out is `unknown`. Texts are valid UTF-8.
struct Job {
  std::string id;
  JobType type = JobType::unknown;
  JobStatus status = JobStatus::unknown;
  std::optional<WallTime> start;  // when it was submitted, not when it began to run
  std::optional<WallTime> end;
  std::string failure_reason;
  std::string status_message;
  std::string parent_id;
  // Not Azure's words, but the ledger's (fleet/ledger.hpp), once it has told: when we first saw it finished,
  // and whether it was unfinished before, as far as we know, rather than part of a baseline.
  std::optional<WallTime> seen_finished = std::nullopt;
  bool seen_finishing = false;

  // From startTimeUtc to endTimeUtc, so waiting in the queue counts. Never negative, and nothing if it were
  // longer than any job can take.
  [[nodiscard]] std::optional<std::chrono::microseconds> duration() const {
    if (!start || !end || *end - *start > kLongestJob) {
      return std::nullopt;
    }
    return std::max(*end - *start, std::chrono::microseconds::zero());
  }

  // When a job that is over ended. Of one that tells no end it is when we saw it finish; if we did not, when
  // it was submitted, or else when we first knew of it: a failure must not go unseen for want of a date.
  [[nodiscard]] std::optional<WallTime> ended_at() const {
    if (end || !(start || seen_finished)) {
      return end;
    }
    return seen_finishing || !start ? seen_finished : start;
  }

  bool operator==(const Job&) const = default;
};

}  // namespace iothub

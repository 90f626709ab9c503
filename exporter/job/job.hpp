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
  // Not Azure's word: when we first saw it finished, once the ledger has told (fleet/ledger.hpp).
  std::optional<WallTime> seen_finished = std::nullopt;

  // From startTimeUtc to endTimeUtc, so waiting in the queue counts. Never negative.
  [[nodiscard]] std::optional<std::chrono::microseconds> duration() const {
    if (!start || !end) {
      return std::nullopt;
    }
    return std::max(*end - *start, std::chrono::microseconds::zero());
  }

  // When a job that is over ended. One that tells no end is taken to have ended as it was submitted, and one
  // that tells no date at all when we first saw it finished: a failure must not go unseen for want of a date.
  [[nodiscard]] std::optional<WallTime> ended_at() const { return end ? end : start ? start : seen_finished; }

  bool operator==(const Job&) const = default;
};

}  // namespace iothub

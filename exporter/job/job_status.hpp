// Where a job stands, in Azure's words.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/ascii.hpp"

namespace iothub {

enum class JobStatus : std::uint8_t {
  unknown,
  enqueued,
  running,
  completed,
  failed,
  cancelled,
  other,  // a value that this version does not know
};

// The one table behind both directions. `other` is ours and never read from the wire.
inline constexpr std::array<std::pair<JobStatus, std::string_view>, 7> kJobStatusNames{{
    {JobStatus::unknown, "unknown"},
    {JobStatus::enqueued, "enqueued"},
    {JobStatus::running, "running"},
    {JobStatus::completed, "completed"},
    {JobStatus::failed, "failed"},
    {JobStatus::cancelled, "cancelled"},
    {JobStatus::other, "other"},
}};

constexpr std::string_view to_string(JobStatus status) {
  return kJobStatusNames.at(static_cast<std::size_t>(status)).second;
}

// Regardless of case. The specification calls the enumeration closed, but the hub's own API knows more
// (`queued`, `scheduled`) and may leak them, so a name we do not know is `other`, not an error.
constexpr JobStatus parse_job_status(std::string_view name) {
  for (const auto& [status, known] : kJobStatusNames) {
    if (equals_ignoring_case(known, name)) {
      return status;
    }
  }
  return JobStatus::other;
}

constexpr bool is_active(JobStatus status) {
  return status == JobStatus::enqueued || status == JobStatus::running;
}

// The job will not change any more (Azure/azure-iot-sdk-csharp, JobProperties.cs).
constexpr bool is_final(JobStatus status) {
  return status == JobStatus::completed || status == JobStatus::failed || status == JobStatus::cancelled;
}

static_assert(to_string(JobStatus::other) == "other");
static_assert(parse_job_status("queued") == JobStatus::other);

}  // namespace iothub

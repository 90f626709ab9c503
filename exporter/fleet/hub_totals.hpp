// What was counted on one hub since the ledger knows it. Only grows.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "job/failure_class.hpp"
#include "job/job_status.hpp"
#include "job/job_type.hpp"

namespace iothub {

inline constexpr std::array<JobStatus, 3> kFinalStatuses{JobStatus::completed, JobStatus::failed,
                                                         JobStatus::cancelled};

// Upper bounds of the buckets of durations; one more without a bound follows.
inline constexpr std::array<std::chrono::seconds, 13> kDurationBuckets{
    std::chrono::seconds{1},     std::chrono::seconds{5},    std::chrono::seconds{15},
    std::chrono::seconds{30},    std::chrono::seconds{60},   std::chrono::seconds{120},
    std::chrono::seconds{300},   std::chrono::seconds{600},  std::chrono::seconds{1800},
    std::chrono::seconds{3600},  std::chrono::seconds{7200}, std::chrono::seconds{21600},
    std::chrono::seconds{86400},
};

// The finished jobs of one type and status.
struct FinishedTotals {
  std::uint64_t jobs = 0;
  // Of those that tell both dates: by bucket, each job in one of them only, and together.
  std::array<std::uint64_t, kDurationBuckets.size() + 1> by_duration{};
  std::chrono::microseconds duration{0};

  bool operator==(const FinishedTotals&) const = default;
};

// The jobs of one type.
struct TypeTotals {
  bool seen = false;
  std::array<FinishedTotals, kFinalStatuses.size()> finished{};     // in the order of kFinalStatuses
  std::array<std::uint64_t, kFailureClassNames.size()> failures{};  // by FailureClass
  // In which at least one of them was enqueued or running.
  std::chrono::microseconds busy{0};

  bool operator==(const TypeTotals&) const = default;
};

struct HubTotals {
  std::array<TypeTotals, kJobTypeNames.size()> types{};  // by JobType

  [[nodiscard]] TypeTotals& of(JobType type) { return types.at(static_cast<std::size_t>(type)); }
  [[nodiscard]] const TypeTotals& of(JobType type) const { return types.at(static_cast<std::size_t>(type)); }

  bool operator==(const HubTotals&) const = default;
};

}  // namespace iothub

#include "simulator/read_budget.hpp"

#include <algorithm>
#include <cmath>

namespace azure_simulator {
namespace {

constexpr std::int64_t kGlobalFactor = 15;
constexpr double kLongestWaitSeconds = 3600;

}  // namespace

ReadBudget::Bucket& ReadBudget::filled(const std::string& key, std::int64_t factor, Time now) {
  const auto size = static_cast<double>(limits_.reads * factor);
  const auto [entry, is_new] =
      buckets_.try_emplace(key, Bucket{.factor = factor, .level = size, .filled_at = now});
  Bucket& bucket = entry->second;
  const double seconds = std::chrono::duration<double>(std::max(now - bucket.filled_at, Duration{0})).count();
  bucket.level =
      std::min(size, bucket.level + seconds * static_cast<double>(limits_.reads_per_second * factor));
  bucket.filled_at = now;
  return bucket;
}

std::chrono::seconds ReadBudget::wait_for(Bucket& bucket, Time now) const {
  if (now < bucket.closed_until) {
    return std::chrono::ceil<std::chrono::seconds>(bucket.closed_until - now);
  }
  if (bucket.level >= 1) {
    return std::chrono::seconds{0};
  }
  const auto rate = static_cast<double>(limits_.reads_per_second * bucket.factor);
  const double needed = rate > 0 ? (1 - bucket.level) / rate : kLongestWaitSeconds;
  const std::chrono::seconds wait{
      static_cast<std::int64_t>(std::clamp(std::ceil(needed), 1.0, kLongestWaitSeconds))};
  if (limits_.enforced) {
    bucket.closed_until = now + wait;
  }
  return wait;
}

ReadBudget::Rest ReadBudget::take(const std::string& subscription, const std::string& client, Time now) {
  Bucket& own = filled(subscription + "/" + client, 1, now);
  Bucket& everybodys = filled(subscription, kGlobalFactor, now);
  const std::chrono::seconds wait = std::max(wait_for(own, now), wait_for(everybodys, now));
  if (wait == std::chrono::seconds{0}) {
    own.level -= 1;
    everybodys.level -= 1;
  }
  return {.reads = static_cast<std::int64_t>(own.level),
          .global_reads = static_cast<std::int64_t>(everybodys.level),
          .wait = wait};
}

}  // namespace azure_simulator

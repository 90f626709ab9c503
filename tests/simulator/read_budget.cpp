#include "simulator/read_budget.hpp"

#include <algorithm>

namespace azure_simulator {
namespace {

constexpr std::int64_t kGlobalFactor = 15;

}  // namespace

bool ReadBudget::draw(const std::string& key, std::int64_t factor, Time now) {
  const auto size = static_cast<double>(limits_.reads * factor);
  const auto [entry, is_new] = buckets_.try_emplace(key, Bucket{.level = size, .filled_at = now});
  Bucket& bucket = entry->second;
  const double seconds = std::chrono::duration<double>(std::max(now - bucket.filled_at, Duration{0})).count();
  bucket.level =
      std::min(size, bucket.level + seconds * static_cast<double>(limits_.reads_per_second * factor));
  bucket.filled_at = now;
  if (bucket.level < 1) {
    return false;
  }
  bucket.level -= 1;
  return true;
}

ReadBudget::Rest ReadBudget::take(const std::string& subscription, const std::string& client, Time now) {
  const std::string own = subscription + "/" + client;
  const bool enough = draw(own, 1, now);
  const bool enough_for_all = draw(subscription, kGlobalFactor, now);
  return {.reads = static_cast<std::int64_t>(buckets_[own].level),
          .global_reads = static_cast<std::int64_t>(buckets_[subscription].level),
          .exhausted = !(enough && enough_for_all)};
}

}  // namespace azure_simulator

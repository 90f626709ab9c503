// Resource Manager's token buckets for reads: one per subscription and client, and one fifteen times as large
// for the whole subscription.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "simulator/clock.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

class ReadBudget {
 public:
  struct Rest {
    std::int64_t reads = 0;
    std::int64_t global_reads = 0;
    std::chrono::seconds wait{0};  // there was nothing left to take: ask again after that
  };

  explicit ReadBudget(const Throttling& limits) : limits_(limits) {}

  // Takes one read and says what is left. If the limits are enforced, nobody gets one before the wait that
  // was told is over.
  Rest take(const std::string& subscription, const std::string& client, Time now);

 private:
  struct Bucket {
    std::int64_t factor = 1;  // of the limits
    double level = 0;
    Time filled_at{};
    Time closed_until{};
  };

  Bucket& filled(const std::string& key, std::int64_t factor, Time now);
  [[nodiscard]] std::chrono::seconds wait_for(Bucket& bucket, Time now) const;

  Throttling limits_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace azure_simulator

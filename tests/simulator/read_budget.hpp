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
    bool exhausted = false;  // there was nothing left to take
  };

  explicit ReadBudget(const Throttling& limits) : limits_(limits) {}

  // Takes one read and says what is left.
  Rest take(const std::string& subscription, const std::string& client, Time now);

 private:
  struct Bucket {
    double level = 0;
    Time filled_at;
  };

  bool draw(const std::string& key, std::int64_t factor, Time now);

  Throttling limits_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace azure_simulator

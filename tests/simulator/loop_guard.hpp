// Notices clients that ask for the same token over and over.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "simulator/clock.hpp"

namespace azure_simulator {

class LoopGuard {
 public:
  // At most so many equal questions within a minute; 0: any number.
  explicit LoopGuard(std::uint64_t limit) : limit_(limit) {}

  // Counts the question, whatever comes of it, and says whether it is one too many.
  bool is_looping(const std::string& question, Time now);

 private:
  std::uint64_t limit_;
  std::map<std::string, std::deque<Time>> asked_;
};

}  // namespace azure_simulator

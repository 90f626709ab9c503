// Chance that repeats itself: everything is a hash of the scenario's seed and of what it is for, so two runs
// with the same seed and start agree, whatever is asked in whatever order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace azure_simulator {

class SeededRandom {
 public:
  explicit SeededRandom(std::string seed) : seed_(std::move(seed)) {}

  // A version 4 GUID in lower case.
  [[nodiscard]] std::string guid(std::string_view purpose) const;
  // Uniform in [0, 1).
  [[nodiscard]] double fraction(std::string_view purpose) const;

 private:
  std::string seed_;
};

}  // namespace azure_simulator

// Time as the simulator knows it. Every part gets `now` as an argument; only the edge asks a Clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace azure_simulator {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

// Called from several threads at once.
using Clock = std::function<Time()>;

inline Clock system_clock() {
  return [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
}

// As tokens count time.
inline std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

}  // namespace azure_simulator

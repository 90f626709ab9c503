// Time as the simulator knows it. Every part gets `now` as an argument; only the edge asks a Clock.
#pragma once

#include <chrono>
#include <functional>

namespace azure_simulator {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

// Called from several threads at once.
using Clock = std::function<Time()>;

inline Clock system_clock() {
  return [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
}

}  // namespace azure_simulator

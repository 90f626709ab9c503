// Time comes from here and nowhere else. Pure code takes a time as an argument; only what waits holds a
// Clock.
//
// SystemClock (system_clock.hpp) is made once, in main; tests use FakeClock (tests/support/fake_clock.hpp).
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>

namespace iothub {

// Calendar time, UTC: dates of jobs, ages, token expiry. May jump. A microsecond is what a Prometheus sample
// of today's date can hold, and its range exceeds every date that Azure can write.
using WallTime = std::chrono::sys_time<std::chrono::microseconds>;

// Monotonic time: intervals, deadlines, durations.
using SteadyTime = std::chrono::steady_clock::time_point;

// `time` as a Prometheus sample: seconds since 1970.
inline double unix_seconds(WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

class Clock {
 public:
  virtual ~Clock() = default;

  [[nodiscard]] virtual WallTime wall_now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;

  // Waits on `changed` until `ready()` holds, `deadline` has passed or `stop` is requested. `lock` is held on
  // return and whenever `ready` runs.
  virtual void wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                          SteadyTime deadline, const std::stop_token& stop,
                          const std::function<bool()>& ready) const = 0;
};

}  // namespace iothub

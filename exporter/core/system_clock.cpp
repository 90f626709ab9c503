#include "core/system_clock.hpp"

namespace iothub {

WallTime SystemClock::wall_now() const {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady_now() const {
  return std::chrono::steady_clock::now();
}

void SystemClock::wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                             SteadyTime deadline, const std::stop_token& stop,
                             const std::function<bool()>& ready) const {
  if (deadline == SteadyTime::max()) {  // the library adds to deadlines, so the largest one would overflow
    changed.wait(lock, stop, ready);
  } else {
    changed.wait_until(lock, stop, deadline, ready);
  }
}

}  // namespace iothub

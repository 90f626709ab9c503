// The real clock. Only main makes one.
#pragma once

#include "core/clock.hpp"

namespace iothub {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  void wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                  SteadyTime deadline, const std::stop_token& stop,
                  const std::function<bool()>& ready) const override;
};

}  // namespace iothub

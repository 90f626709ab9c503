// A warning that strangers can cause must not fill the disk: at most one line a minute, with the count of the
// others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/log.hpp"

namespace iothub {

class LimitedLog {
 public:
  explicit LimitedLog(Log& log) : log_(log) {}

  void warn(SteadyTime now, std::string_view message, std::string error) {
    if (last_ && now - *last_ < std::chrono::minutes{1}) {
      ++suppressed_;
      return;
    }
    log_.warn(message, {{"error", std::move(error)}, {"suppressed", std::to_string(suppressed_)}});
    last_ = now;
    suppressed_ = 0;
  }

 private:
  Log& log_;
  std::optional<SteadyTime> last_;
  std::uint64_t suppressed_ = 0;
};

}  // namespace iothub

// What ends a call of ARM, for whoever makes one.
#pragma once

#include <stop_token>

#include "core/clock.hpp"

namespace iothub {

// Until when a call may take, and what ends it at once.
struct CallLimits {
  SteadyTime deadline = SteadyTime::max();
  std::stop_token stop;
};

}  // namespace iothub

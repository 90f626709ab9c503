// How many reads ARM lets one client make in one subscription.
#pragma once

#include <cstdint>

namespace iothub {

// ARM's token bucket for reads. The defaults are Azure's; some subscriptions get less.
struct ReadAllowanceOptions {
  std::int64_t burst = 250;  // reads that a full bucket holds; at least 1
  double per_second = 25;    // reads that flow in; more than 0
};

}  // namespace iothub

// Which listed jobs get series of their own. Jobs named by id always do.
#pragma once

#include <chrono>
#include <cstddef>

namespace iothub {

struct JobDetailsOptions {
  bool enabled = false;
  std::chrono::milliseconds finished_within{24LL * 3600 *
                                            1000};  // active jobs, and those that ended this recently
  std::size_t max_per_hub = 200;                    // newest first
  std::size_t max_total = 5000;
};

}  // namespace iothub

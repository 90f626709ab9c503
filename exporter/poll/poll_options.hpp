// When hubs are polled, and how fast, for all of them.
#pragma once

#include <chrono>
#include <cstddef>

#include "azure/read_allowance_options.hpp"

namespace iothub {

struct PollOptions {
  // How often slow facts are read again: a hub's own state, and jobs named by id that have ended.
  std::chrono::milliseconds discovery_interval{600'000};
  std::chrono::milliseconds request_timeout{30'000};  // the longest that one request may take (HttpOptions)
  std::size_t concurrency = 8;                        // polls, and so requests, in flight at once
  ReadAllowanceOptions reads;                         // for each subscription and credential
  std::chrono::milliseconds stale_after{
      900'000};  // a hub's job gauges are withdrawn when its last good poll is older
};

}  // namespace iothub

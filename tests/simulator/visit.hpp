// What all parts of one answer share.
#pragma once

#include <string>

#include "simulator/clock.hpp"

namespace azure_simulator {

// Found once per request: the origin is the one that the client used.
struct Visit {
  std::string origin;  // "https://127.0.0.1:8443"
  std::string request_id;
  std::string correlation_id;
  Time now;
};

}  // namespace azure_simulator

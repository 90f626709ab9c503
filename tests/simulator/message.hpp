// What the simulated services are asked and what they answer, without any socket. The server (tls_server.hpp)
// turns bytes into a Request and a Reply into bytes, as whole or as broken as the Reply says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/clock.hpp"

namespace azure_simulator {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string target;  // path and query as they stand on the request line
  Headers headers{};   // names in lower case
  std::string body{};

  // The value of the first header of that (lower case) name, or nothing.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) {
        return value;
      }
    }
    return {};
  }
};

enum class Delivery : std::uint8_t {
  whole,
  truncated,  // announces the whole body, sends half of it and closes
  dripped,    // the body one byte at a time
  closed,     // not one byte: the connection is dropped
  never,      // nothing, until the client gives up or the simulator stops
};

inline constexpr std::string_view kJson = "application/json; charset=utf-8";

struct Reply {
  int status = 200;
  Headers headers{};
  std::string content_type{kJson};
  std::string body{};
  Delivery delivery = Delivery::whole;
  Duration delay{0};             // before the first byte
  Duration drip_interval{1000};  // between two bytes of a dripped body
};

}  // namespace azure_simulator

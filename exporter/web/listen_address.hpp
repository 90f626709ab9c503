// An address to listen on as an operator writes it: "127.0.0.1:10468", "localhost:10468", "[::1]:10468",
// ":10468".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace iothub {

struct ListenAddress {
  std::string host;  // without brackets; empty for all interfaces, IPv6 and IPv4
  std::uint16_t port = 0;

  bool operator==(const ListenAddress&) const = default;
};

// Fails with a sentence that quotes the text and shows the forms. Names are not looked up here.
[[nodiscard]] Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace iothub

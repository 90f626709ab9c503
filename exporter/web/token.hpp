// The characters of HTTP's methods and header names (RFC 9110, 5.6.2).
#pragma once

#include <string_view>

namespace iothub {

constexpr bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace iothub

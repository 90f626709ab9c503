// The characters of HTTP's methods and header names (RFC 9110, 5.6.2).
#pragma once

#include <string_view>

#include "core/ascii.hpp"

namespace iothub {

constexpr bool is_token_char(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace iothub

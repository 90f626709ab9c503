// Dates in headers of HTTP.
#pragma once

#include <optional>
#include <string>

#include "core/clock.hpp"

namespace iothub {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7, the form that must be sent); nothing for any other text.
std::optional<WallTime> parse_http_date(const std::string& text);

}  // namespace iothub

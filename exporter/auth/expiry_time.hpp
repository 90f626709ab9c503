// When a token expires, in the forms that Azure's token services write it.
#pragma once

#include <optional>
#include <string>

#include "core/clock.hpp"

namespace iothub {

// Seconds since 1970 (IMDS, App Service 2019-08-01, the CLI), RFC 3339, RFC 1123, and App Service
// 2017-09-01's "11/23/2026 12:00:00 PM +00:00", also without AM or PM. Nothing for any other text.
std::optional<WallTime> parse_expiry_time(const std::string& text);

// "2026-11-23 12:00:00.000000" by the clock on the wall of this machine: `expiresOn` of older CLIs.
std::optional<WallTime> parse_local_expiry_time(const std::string& text);

}  // namespace iothub

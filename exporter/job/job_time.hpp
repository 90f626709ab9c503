// The dates of jobs, in the two forms that Azure writes. Independent of the locale.
#pragma once

#include <optional>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace iothub {

// RFC 1123 as ARM sends it (`Thu, 15 Jun 2017 19:20:58 GMT`) or ISO 8601 as the hub itself does
// (`2020-08-20T00:08:31.5031967Z`): 0 to 9 fraction digits, cut to microseconds, then `Z`, `+hh:mm` or
// nothing, which means UTC. Empty, and .NET's smallest and largest date (years 1 and 9999), are absent.
// Errors (bad_response) quote the text.
[[nodiscard]] Result<std::optional<WallTime>> parse_job_time(std::string_view text);

}  // namespace iothub

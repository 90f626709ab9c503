// The bytes of ARM's answer to Get Hub.
#pragma once

#include <string_view>

#include "core/result.hpp"
#include "job/hub.hpp"

namespace iothub {

// Takes the few members that we show and drops the rest at once: hub bodies hold connection strings. Errors
// (bad_response): not a JSON object, or no object that could be a hub.
[[nodiscard]] Result<Hub> parse_hub(std::string_view body);

}  // namespace iothub

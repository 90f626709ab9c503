// Which api-versions Resource Manager takes, and what it says about others.
#pragma once

#include <optional>
#include <string_view>

#include "simulator/message.hpp"
#include "simulator/route.hpp"

namespace azure_simulator {

// The refusal of a request without an api-version.
std::optional<Reply> missing_api_version(const Route& route);

// The refusal of an api-version that the operation does not know.
std::optional<Reply> unsupported_api_version(const Route& route);

}  // namespace azure_simulator

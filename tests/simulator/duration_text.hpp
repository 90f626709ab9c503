// Durations as scenarios write them: `40s`, `1h30m`, `250ms`, `30d`, `0`.
#pragma once

#include <optional>
#include <string_view>

#include "simulator/clock.hpp"

namespace azure_simulator {

// Units d h m s ms, each with a whole number before it. Nothing if `text` is anything else or does not fit.
std::optional<Duration> parse_duration_text(std::string_view text);

}  // namespace azure_simulator

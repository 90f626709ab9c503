// Durations as Prometheus writes them: `15s`, `1h30m`, `7d`, `500ms`, `0`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace iothub {

// Units y w d h m s ms, each at most once and from large to small, whole numbers (Prometheus,
// common/model/time.go; y is 365 days). `0` alone needs no unit. Fails with a sentence that quotes the text
// and shows the form.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest text that parse_duration reads as `duration`, which must not be negative.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace iothub

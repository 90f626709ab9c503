// What somebody probably meant to write.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace iothub {

// The one of `known` that `word` is a slip away from: other case, other separators, a letter or two.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> known);

// "; did you mean …?" or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace iothub

#include "simulator/duration_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace azure_simulator {
namespace {

constexpr std::int64_t kLongest = std::int64_t{100} * 365 * 24 * 3600 * 1000;

std::int64_t milliseconds_of(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units{
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  const auto* const found = std::ranges::find(units, unit, [](const auto& entry) { return entry.first; });
  return found == units.end() ? 0 : found->second;
}

// Takes "90m" off the front of `text`; 0 or less means that there was no such thing.
std::int64_t take_part(std::string_view& text) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > kLongest) {
    return -1;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const std::string_view unit = text.substr(0, text.find_first_of("0123456789"));
  text.remove_prefix(unit.size());
  const std::int64_t factor = milliseconds_of(unit);
  return factor == 0 || number > kLongest / factor ? -1 : number * factor;
}

}  // namespace

std::optional<Duration> parse_duration_text(std::string_view text) {
  if (text == "0") {
    return Duration{0};
  }
  if (text.empty() || text.front() == '-') {
    return std::nullopt;
  }
  std::int64_t total = 0;
  while (!text.empty()) {
    const std::int64_t part = take_part(text);
    if (part < 0) {
      return std::nullopt;
    }
    total += part;
  }
  return Duration{total};
}

}  // namespace azure_simulator

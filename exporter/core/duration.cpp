#include "core/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace iothub {

namespace {

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 7> kUnits{{{"y", 365LL * 86'400'000},
                                      {"w", 7LL * 86'400'000},
                                      {"d", 86'400'000},
                                      {"h", 3'600'000},
                                      {"m", 60'000},
                                      {"s", 1'000},
                                      {"ms", 1}}};

tl::unexpected<Error> not_a_duration(std::string_view text) {
  return fail(ErrorKind::bad_config,
              "\"" + std::string(text) + "\" is not a duration; write it like 15s, 1h30m or 7d");
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") {
    return std::chrono::milliseconds{0};
  }
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::uint32_t count = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), count);
    if (error != std::errc{}) {
      return not_a_duration(text);
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto letters = rest.substr(0, rest.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits.at(next_unit).name != letters) {
      ++next_unit;
    }
    if (next_unit == kUnits.size()) {
      return not_a_duration(text);
    }
    const std::int64_t unit = kUnits.at(next_unit++).milliseconds;
    if (count >
        (std::numeric_limits<std::int64_t>::max() / 1'000'000 - total) / unit) {  // fits nanoseconds, too
      return not_a_duration(text);
    }
    total += count * unit;
    rest.remove_prefix(letters.size());
  }
  if (text.empty()) {
    return not_a_duration(text);
  }
  return std::chrono::milliseconds{total};
}

std::string format_duration(std::chrono::milliseconds duration) {
  std::string text;
  std::int64_t rest = duration.count();
  for (const Unit& unit : kUnits) {
    if (rest >= unit.milliseconds) {
      text += std::to_string(rest / unit.milliseconds);
      text += unit.name;
      rest %= unit.milliseconds;
    }
  }
  return text.empty() ? "0s" : text;
}

}  // namespace iothub

#include "simulator/paging.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kParameter = "$skiptoken";
constexpr int kBase = 36;

std::string to_base36(std::int64_t number) {
  std::array<char, 16> digits{};
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), number, kBase);
  return {digits.data(), result.ptr};
}

std::optional<std::int64_t> from_base36(std::string_view text) {
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number, kBase);
  const bool whole = !text.empty() && result.ec == std::errc{} && result.ptr == text.data() + text.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

std::string token_of(const PageStart& start) {
  return to_base36(start.as_of.time_since_epoch().count()) + "~" +
         to_base36(static_cast<std::int64_t>(start.offset));
}

std::string next_link(const PageStart& next, const Route& route, const std::string& origin) {
  std::string link = origin + route.path + "?";
  for (const auto& [name, value] : route.query) {
    if (!same_name(name, kParameter)) {
      link += percent_encode(name) + "=" + percent_encode(value) + "&";
    }
  }
  return link + percent_encode(kParameter) + "=" + percent_encode(token_of(next));
}

}  // namespace

std::optional<PageStart> page_start(const Route& route, Time now) {
  const std::string token = route.parameter(kParameter);
  if (token.empty()) {
    return PageStart{.as_of = now, .offset = 0};
  }
  const std::size_t middle = token.find('~');
  if (middle == std::string::npos) {
    return std::nullopt;
  }
  const auto as_of = from_base36(std::string_view(token).substr(0, middle));
  const auto offset = from_base36(std::string_view(token).substr(middle + 1));
  if (!as_of || !offset) {
    return std::nullopt;
  }
  return PageStart{.as_of = Time{Duration{*as_of}}, .offset = static_cast<std::size_t>(*offset)};
}

Reply page_of(const std::vector<std::string>& items, const PageStart& start, std::size_t page_size,
              const Route& route, const std::string& origin) {
  const std::size_t first = std::min(start.offset, items.size());
  const std::size_t end = page_size == 0 ? items.size() : std::min(items.size(), first + page_size);
  JsonText json;
  json.begin_object().begin_array("value");
  for (std::size_t i = first; i < end; ++i) {
    json.raw(items[i]);
  }
  json.end_array();
  if (end < items.size()) {
    json.text("nextLink", next_link({.as_of = start.as_of, .offset = end}, route, origin));
  }
  return {.body = json.end_object().take()};
}

}  // namespace azure_simulator

#include "auth/expiry_time.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace iothub {

namespace {

constexpr std::int64_t kYear9999 = 253'370'764'800;

constexpr std::array<const char*, 5> kForms{
    "%Y-%m-%dT%H:%M:%S%z",  "%a, %d %b %Y %H:%M:%S GMT", "%m/%d/%Y %I:%M:%S %p %z",
    "%m/%d/%Y %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z",
};

std::optional<WallTime> parse_unix_time(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || count < 0 ||
      count >= kYear9999) {
    return std::nullopt;
  }
  return WallTime{std::chrono::seconds{count}};
}

// "…:00.1234567Z" without the fraction, which strptime does not know.
std::string without_fraction(const std::string& text) {
  const auto dot = text.find('.');
  if (dot == std::string::npos) {
    return text;
  }
  return text.substr(0, dot) +
         text.substr(std::min(text.find_first_not_of("0123456789", dot + 1), text.size()));
}

}  // namespace

std::optional<WallTime> parse_expiry_time(const std::string& text) {
  if (const auto time = parse_unix_time(text)) {
    return time;
  }
  const std::string whole = without_fraction(text);
  for (const char* form : kForms) {
    std::tm date{};
    const char* end = strptime(whole.c_str(), form, &date);
    if (end != nullptr && *end == '\0') {
      const auto offset = date.tm_gmtoff;
      return WallTime{std::chrono::seconds{timegm(&date) - offset}};
    }
  }
  return std::nullopt;
}

std::optional<WallTime> parse_local_expiry_time(const std::string& text) {
  const std::string whole = without_fraction(text);
  std::tm date{};
  const char* end = strptime(whole.c_str(), "%Y-%m-%d %H:%M:%S", &date);
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  date.tm_isdst = -1;
  return WallTime{std::chrono::seconds{std::mktime(&date)}};
}

}  // namespace iothub

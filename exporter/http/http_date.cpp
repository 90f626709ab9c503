#include "http/http_date.hpp"

#include <ctime>

namespace iothub {

std::optional<WallTime> parse_http_date(const std::string& text) {
  std::tm date{};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (end == nullptr || end != text.c_str() + text.size()) {
    return std::nullopt;
  }
  return WallTime{std::chrono::seconds{timegm(&date)}};
}

}  // namespace iothub

#include "http/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "http/http_date.hpp"

namespace iothub {

namespace {

constexpr std::chrono::seconds kLeast{1};
constexpr std::chrono::seconds kMost{3600};

// Of a header that was repeated the first one counts; a fraction, which nobody may send, is rounded up.
std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc::result_out_of_range) {
    return kMost;
  }
  if (error != std::errc{}) {
    return std::nullopt;
  }
  const auto rest = text.substr(static_cast<std::size_t>(end - text.data()));
  if (rest.starts_with('.')) {
    return std::chrono::seconds{count} + std::chrono::seconds{1};
  }
  return rest.empty() || rest.starts_with(',') ? std::optional(std::chrono::seconds{count}) : std::nullopt;
}

// Both dates are the server's, so our own clock does not matter.
std::optional<std::chrono::seconds> until_date(const HttpResponse& response) {
  const auto date = parse_http_date(std::string(response.header("date")));
  const auto until = parse_http_date(std::string(response.header("retry-after")));
  if (!date || !until) {
    return std::nullopt;
  }
  return std::chrono::duration_cast<std::chrono::seconds>(*until - *date);
}

}  // namespace

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  auto pause = parse_seconds(response.header("retry-after"));
  if (!pause) {
    pause = until_date(response);
  }
  return pause ? std::optional(std::clamp(*pause, kLeast, kMost)) : std::nullopt;
}

}  // namespace iothub

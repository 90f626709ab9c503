#include "http/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace iothub {

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after");
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return std::chrono::seconds{std::clamp(count, 1U, 3600U)};
}

}  // namespace iothub

#include "config/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestWord = 40;

// "resourceId", "resource-id" and "Resource_ID" are the same to whoever writes them.
std::string simplified(std::string_view word) {
  std::string simple = ascii_lower(word);
  std::erase_if(simple, [](char c) { return c == '_' || c == '-' || c == ' '; });
  return simple;
}

// Letters to insert, delete, replace or swap with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> now(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before_last[j - 2] + 1);
      }
    }
    before_last.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > kLongestWord) {
    return std::nullopt;
  }
  const std::string simple = simplified(word);
  std::size_t least = 1 + (simple.size() >= 5 ? 1U : 0U) + (simple.size() >= 9 ? 1U : 0U) + 1;
  std::optional<std::string_view> best;
  for (const std::string_view candidate : known) {
    const std::size_t slips = distance(simple, simplified(candidate));
    if (slips < least && slips < candidate.size()) {
      least = slips;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  const auto best = nearest(word, known);
  return best ? "; did you mean " + std::string(*best) + "?" : "";
}

}  // namespace iothub

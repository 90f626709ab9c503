#include "config/yaml_text.hpp"

#include <algorithm>
#include <string>

#include "core/utf8.hpp"

namespace iothub::yaml {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Counting characters on a line of a megabyte for each of its nodes would take minutes; nobody looks at those
// columns.
constexpr std::size_t kLongestCountedColumn = 1000;

std::ptrdiff_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0U) != 0x80U; });
}

// The first byte that belongs to no well-formed sequence.
std::size_t first_bad_byte(std::string_view text) {
  const std::string repaired = repaired_utf8(text);
  auto offset = static_cast<std::size_t>(std::ranges::mismatch(text, repaired).in1 - text.begin());
  // A bad byte and the replacement character may begin alike.
  while (offset > 0 && !is_utf8(text.substr(0, offset))) {
    --offset;
  }
  return offset;
}

}  // namespace

Text::Text(std::string_view text) : text_(text), line_starts_{0} {
  if (text_.starts_with(kByteOrderMark)) {
    text_.remove_prefix(kByteOrderMark.size());
  }
  if (text_.size() > kLargestText) {
    return;
  }
  for (std::size_t end = text_.find('\n'); end != std::string_view::npos; end = text_.find('\n', end + 1)) {
    line_starts_.push_back(end + 1);
  }
}

std::optional<Problem> Text::first_problem() const {
  if (text_.size() > kLargestText) {
    return Problem{.at = {}, .path = "", .message = "found more than 1 MiB, expected a configuration"};
  }
  if (const auto nul = text_.find('\0'); nul != std::string_view::npos) {
    return Problem{.at = position_of(nul),
                   .path = "",
                   .message = "found a NUL character, expected text in UTF-8; was the file saved as UTF-16?"};
  }
  if (!is_utf8(text_)) {
    return Problem{.at = position_of(first_bad_byte(text_)),
                   .path = "",
                   .message = "found a byte that is not UTF-8, expected text in UTF-8"};
  }
  return std::nullopt;
}

Position Text::position(int line_number, int column) const {
  const auto before = line(line_number).substr(0, static_cast<std::size_t>(std::max(column, 0)));
  const bool is_counted =
      before.size() == static_cast<std::size_t>(column) && before.size() <= kLongestCountedColumn;
  return {.line = line_number + 1,
          .column = (is_counted ? static_cast<int>(characters(before)) : column) + 1};
}

Position Text::dash_before(int line_number, int column, int dash_column) const {
  const auto dash = static_cast<std::size_t>(dash_column);
  int candidate = column > dash_column ? line_number : line_number - 1;
  while (candidate > 0 && (line(candidate).size() <= dash || line(candidate)[dash] != '-')) {
    --candidate;
  }
  return position(candidate, dash_column);
}

std::string_view Text::from(int line_number, int column) const {
  const auto index = static_cast<std::size_t>(line_number);
  if (line_number < 0 || column < 0 || index >= line_starts_.size()) {
    return {};
  }
  return text_.substr(std::min(text_.size(), line_starts_[index] + static_cast<std::size_t>(column)));
}

bool Text::closes_quote(int line_number, int column) const {
  const auto rest = from(line_number, column);
  if (!rest.starts_with('"') && !rest.starts_with('\'')) {
    return true;
  }
  const char quote = rest.front();
  for (std::size_t i = 1; i < rest.size(); ++i) {
    const bool escapes = quote == '"' ? rest[i] == '\\' : rest.substr(i).starts_with("''");
    if (escapes) {
      ++i;
    } else if (rest[i] == quote) {
      return true;
    }
  }
  return false;
}

bool Text::is_tab_indented(int line_number) const {
  const auto content = line(line_number);
  return content.substr(0, content.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

std::string_view Text::line(int number) const {
  const auto rest = from(number, 0);
  return rest.substr(0, rest.find('\n'));
}

Position Text::position_of(std::size_t offset) const {
  const auto next_line = std::ranges::upper_bound(line_starts_, offset);
  const auto index = next_line - line_starts_.begin() - 1;
  return position(static_cast<int>(index),
                  static_cast<int>(offset - line_starts_[static_cast<std::size_t>(index)]));
}

}  // namespace iothub::yaml

// The text of a YAML file as such: what may not be in it at all, and where in it something stands.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "config/yaml.hpp"

namespace iothub::yaml {

class Text {
 public:
  // A byte order mark is skipped. The text behind `text` must outlive this.
  explicit Text(std::string_view text);

  [[nodiscard]] std::string_view content() const { return text_; }

  // Too large, not UTF-8, or with a NUL.
  [[nodiscard]] std::optional<Problem> first_problem() const;

  // Both count from zero, columns in bytes.
  [[nodiscard]] Position position(int line, int column) const;

  // The last '-' before the given place that stands in `column`: a list's item that has no value of its own
  // begins there.
  [[nodiscard]] Position dash_before(int line, int column, int dash_column) const;

  // All that follows.
  [[nodiscard]] std::string_view from(int line, int column) const;

  // False if a quoted text begins there and the file ends before its closing quote.
  [[nodiscard]] bool closes_quote(int line, int column) const;

  // Whether the indentation of the line has a tab, which YAML forbids.
  [[nodiscard]] bool is_tab_indented(int line) const;

 private:
  [[nodiscard]] std::string_view line(int number) const;
  [[nodiscard]] Position position_of(std::size_t offset) const;

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace iothub::yaml

// Writes metrics in Prometheus' text format 0.0.4 (prometheus/docs, exposition_formats.md).
//
// The caller keeps the samples of a family together and gives no series twice; names are the caller's
// constants.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace iothub {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

std::string_view to_string(MetricType type);

inline constexpr std::string_view kTextContentType = "text/plain; version=0.0.4; charset=utf-8";

// A sample's value, or a bucket's bound, as the format writes it: the shortest text that reads back as the
// same number.
std::string format_value(double value);

class TextWriter {
 public:
  // Values must be valid UTF-8; they are escaped here.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // The lines before a family's samples.
  void family(std::string_view name, MetricType type, std::string_view help);

  void sample(std::string_view name, Labels labels, double value);

  // The same for labels that are not known when the program is written.
  void begin_sample(std::string_view name);
  void label(std::string_view name, std::string_view value);
  void end_sample(double value);

  // Text that another writer has written.
  void append(std::string_view text) { text_ += text; }

  // What was written so far; the writer begins anew.
  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
  bool has_labels_ = false;
};

}  // namespace iothub

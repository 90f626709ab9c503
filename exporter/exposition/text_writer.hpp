// Writes samples as both formats of the page have them (format.hpp); a family's lines before its samples as
// one of them has.
//
// The caller keeps the samples of a family together and gives no series twice; names are the caller's
// constants.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "exposition/format.hpp"

namespace iothub {

// A sample's value as the formats write it: the shortest text that reads back as the same number.
std::string format_value(double value);

// A bucket's bound: always with a point, as OpenMetrics wants it. Prometheus takes 1 and 1.0 for two series,
// so text format has the same.
std::string format_bound(double bound);

// A histogram's observations: counts[i] are those up to bounds[i] and above the bound before, and one count
// more than bounds is for those above all. Bounds ascend.
struct HistogramView {
  std::span<const double> bounds;
  std::span<const std::uint64_t> counts;
  double sum = 0;
};

// Values must be valid UTF-8; they are escaped here.
using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// The first labels of many samples, escaped once.
class LabelText {
 public:
  LabelText(Labels labels);
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
};

class TextWriter {
 public:
  explicit TextWriter(Format format = Format::text) : format_(format) {}

  // The lines before a family's samples.
  void family(std::string_view name, MetricType type, std::string_view help);

  void sample(std::string_view name, Labels labels, double value);

  void sample(std::string_view name, const LabelText& first, Labels more, double value);

  // All samples of one histogram.
  void histogram(const std::string& name, Labels labels, const HistogramView& histogram);

  // The same for labels that are not known when the program is written.
  void begin_sample(std::string_view name);
  void label(std::string_view name, std::string_view value);
  void end_sample(double value);

  // Text that another writer has written.
  void append(std::string_view text) { text_ += text; }

  [[nodiscard]] std::string_view text() const { return text_; }

  // What was written so far; the writer begins anew.
  [[nodiscard]] std::string take() { return std::exchange(text_, {}); }

  // Begins anew in the same memory.
  void clear() { text_.clear(); }

 private:
  void labels(Labels labels);

  Format format_;
  std::string text_;
  bool has_labels_ = false;
};

}  // namespace iothub

#include "exposition/text_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

namespace iothub {

namespace {

constexpr bool must_be_escaped(char c) {
  return c == '\\' || c == '\n' || c == '"';
}

constexpr std::uint64_t in_each_byte(unsigned char value) {
  return value * 0x0101'0101'0101'0101U;
}

// Whether one of the eight bytes is `wanted`. May also say so of a byte behind one that is, but never of
// none.
constexpr bool has_byte(std::uint64_t bytes, char wanted) {
  const std::uint64_t zeroed = bytes ^ in_each_byte(static_cast<unsigned char>(wanted));
  return ((zeroed - in_each_byte(0x01)) & ~zeroed & in_each_byte(0x80)) != 0;
}

// Hardly any label needs it, so all are looked through, eight bytes at a time: this is where rendering spends
// its time.
bool must_be_escaped(std::string_view text) {
  std::uint64_t eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if (has_byte(eight, '\\') || has_byte(eight, '\n') || has_byte(eight, '"')) {
      return true;
    }
  }
  return std::ranges::any_of(text, [](char c) { return must_be_escaped(c); });
}

void append_escaped(std::string& out, std::string_view text) {
  if (!must_be_escaped(text)) {
    out += text;
    return;
  }
  for (const char c : text) {
    if (must_be_escaped(c)) {
      out += '\\';
    }
    out += c == '\n' ? 'n' : c;
  }
}

void append_label(std::string& out, char before, std::string_view name, std::string_view value) {
  out += before;
  out += name;
  out += "=\"";
  append_escaped(out, value);
  out += '"';
}

// Room for any double, and for ".0" behind it.
using Digits = std::array<char, 32>;

// Times and durations, which Azure and our clocks tell in microseconds: numbers with at most six digits
// behind the point, whose text whole numbers make in a quarter of to_chars' time. Nothing for others.
//
// It is to_chars' text. Doubles in this range are closer to each other than a millionth, so that no two such
// decimals read back as the same one; and where no exponent is shorter, nor does to_chars write one.
std::optional<std::string_view> write_decimal(Digits& digits, double value) {
  constexpr double kLeast = 0.001;
  constexpr double kMost = 1ULL << 33U;
  constexpr std::int64_t kMillion = 1'000'000;
  if (!(value >= kLeast && value < kMost)) {
    return std::nullopt;
  }
  auto millionths = static_cast<std::int64_t>(value * kMillion);
  millionths += value * kMillion - static_cast<double>(millionths) >= 0.5 ? 1 : 0;  // llround() is a call
  if (static_cast<double>(millionths) / kMillion != value) {
    return std::nullopt;
  }
  char* const limit = digits.data() + digits.size();
  char* end = std::to_chars(digits.data(), limit, millionths / kMillion).ptr;
  if (const std::int64_t rest = millionths % kMillion; rest > 0) {
    char* const point = end;
    end = std::to_chars(point, limit, kMillion + rest).ptr;  // 1 and six digits
    *point = '.';
    while (end[-1] == '0') {
      --end;
    }
  }
  return std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

std::string_view write_value(Digits& digits, double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  if (const auto text = write_decimal(digits, value)) {
    return *text;
  }
  constexpr double kExact = 1e15;  // whole numbers up to here are written without an exponent
  const auto whole = static_cast<std::int64_t>(std::abs(value) < kExact ? value : 0);
  const bool is_whole = static_cast<double>(whole) == value;
  const auto end = is_whole ? std::to_chars(digits.data(), digits.data() + digits.size(), whole).ptr
                            : std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

}  // namespace

std::string format_value(double value) {
  Digits digits{};
  return std::string(write_value(digits, value));
}

std::string format_bound(double bound) {
  std::string text = format_value(bound);
  const bool is_whole = text.find_first_not_of("-0123456789") == std::string::npos;
  return is_whole ? text + ".0" : text;
}

void TextWriter::family(std::string_view name, MetricType type, std::string_view help) {
  text_ += family_header(format_, name, type, help);
}

LabelText::LabelText(Labels labels) {
  std::size_t size = 0;
  for (const auto& [name, value] : labels) {
    size += name.size() + value.size() + std::string_view(",=\"\"").size();
  }
  text_.reserve(size);
  for (const auto& [name, value] : labels) {
    append_label(text_, text_.empty() ? '{' : ',', name, value);
  }
}

void TextWriter::sample(std::string_view name, Labels labels, double value) {
  begin_sample(name);
  this->labels(labels);
  end_sample(value);
}

void TextWriter::sample(std::string_view name, const LabelText& first, Labels more, double value) {
  begin_sample(name);
  text_ += first.text();
  has_labels_ = !first.text().empty();
  labels(more);
  end_sample(value);
}

void TextWriter::histogram(const std::string& name, Labels labels, const HistogramView& histogram) {
  const std::string bucket = name + "_bucket";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    count += histogram.counts[i];
    begin_sample(bucket);
    this->labels(labels);
    label("le", i < histogram.bounds.size() ? format_bound(histogram.bounds[i]) : "+Inf");
    end_sample(static_cast<double>(count));
  }
  sample(name + "_sum", labels, histogram.sum);
  sample(name + "_count", labels, static_cast<double>(count));
}

void TextWriter::labels(Labels labels) {
  for (const auto& [name, value] : labels) {
    label(name, value);
  }
}

void TextWriter::begin_sample(std::string_view name) {
  text_ += name;
  has_labels_ = false;
}

void TextWriter::label(std::string_view name, std::string_view value) {
  append_label(text_, has_labels_ ? ',' : '{', name, value);
  has_labels_ = true;
}

void TextWriter::end_sample(double value) {
  text_ += has_labels_ ? "} " : " ";
  Digits digits{};
  text_ += write_value(digits, value);
  text_ += '\n';
}

}  // namespace iothub

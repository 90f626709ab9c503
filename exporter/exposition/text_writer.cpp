#include "exposition/text_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace iothub {

namespace {

void append_escaped(std::string& out, std::string_view text, bool in_label) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += R"(\\)";
        break;
      case '\n':
        out += R"(\n)";
        break;
      case '"':
        out += in_label ? R"(\")" : R"(")";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

std::string format_value(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  constexpr double kExact = 1e15;  // whole numbers up to here are written without an exponent
  std::array<char, 32> digits{};
  const auto whole = static_cast<std::int64_t>(std::abs(value) < kExact ? value : 0);
  const bool is_whole = static_cast<double>(whole) == value;
  const auto end = is_whole ? std::to_chars(digits.data(), digits.data() + digits.size(), whole).ptr
                            : std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string_view to_string(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
  }
  return "untyped";
}

void TextWriter::family(std::string_view name, MetricType type, std::string_view help) {
  text_ += "# HELP ";
  text_ += name;
  text_ += ' ';
  append_escaped(text_, help, /*in_label=*/false);
  text_ += "\n# TYPE ";
  text_ += name;
  text_ += ' ';
  text_ += to_string(type);
  text_ += '\n';
}

void TextWriter::sample(std::string_view name, Labels labels, double value) {
  begin_sample(name);
  for (const auto& [label_name, label_value] : labels) {
    label(label_name, label_value);
  }
  end_sample(value);
}

void TextWriter::begin_sample(std::string_view name) {
  text_ += name;
  has_labels_ = false;
}

void TextWriter::label(std::string_view name, std::string_view value) {
  text_ += has_labels_ ? ',' : '{';
  has_labels_ = true;
  text_ += name;
  text_ += "=\"";
  append_escaped(text_, value, /*in_label=*/true);
  text_ += '"';
}

void TextWriter::end_sample(double value) {
  text_ += has_labels_ ? "} " : " ";
  text_ += format_value(value);
  text_ += '\n';
}

}  // namespace iothub

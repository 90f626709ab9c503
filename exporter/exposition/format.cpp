#include "exposition/format.hpp"

namespace iothub {

namespace {

std::string_view without_suffix(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

std::string_view family_name(Format format, std::string_view name, MetricType type) {
  if (format == Format::text) {
    return name;
  }
  switch (type) {
    case MetricType::counter:
      return without_suffix(name, "_total");
    case MetricType::info:
      return without_suffix(name, "_info");
    case MetricType::gauge:
    case MetricType::histogram:
      break;
  }
  return name;
}

// OpenMetrics escapes quotes as well.
void append_help(std::string& out, std::string_view help, Format format) {
  for (const char c : help) {
    if (c == '\n') {
      out += R"(\n)";
      continue;
    }
    if (c == '\\' || (c == '"' && format == Format::openmetrics)) {
      out += '\\';
    }
    out += c;
  }
}

void append_line(std::string& out, std::string_view what, std::string_view name, std::string_view value) {
  out.append("# ").append(what).append(" ").append(name).append(" ").append(value).append("\n");
}

}  // namespace

std::string_view content_type(Format format) {
  return format == Format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                       : "text/plain; version=0.0.4; charset=utf-8";
}

std::string_view page_end(Format format) {
  return format == Format::openmetrics ? "# EOF\n" : "";
}

std::string_view to_string(MetricType type, Format format) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      return "histogram";
    case MetricType::info:
      return format == Format::openmetrics ? "info" : "gauge";
  }
  return "untyped";
}

std::string_view unit_of(std::string_view name) {
  name = without_suffix(name, "_total");
  for (const std::string_view suffix : {"_seconds", "_bytes"}) {
    if (name.ends_with(suffix)) {
      return suffix.substr(1);
    }
  }
  return {};
}

std::string family_header(Format format, std::string_view name, MetricType type, std::string_view help) {
  const std::string_view family = family_name(format, name, type);
  std::string help_text;
  append_help(help_text, help, format);
  std::string lines;
  if (format == Format::text) {
    append_line(lines, "HELP", family, help_text);
    append_line(lines, "TYPE", family, to_string(type, format));
    return lines;
  }
  append_line(lines, "TYPE", family, to_string(type, format));
  if (const auto unit = unit_of(name); !unit.empty()) {
    append_line(lines, "UNIT", family, unit);
  }
  append_line(lines, "HELP", family, help_text);
  return lines;
}

}  // namespace iothub

// The two formats of the page and what differs between them: Prometheus' text format 0.0.4 and OpenMetrics
// 1.0.0.
//
// Samples are the same bytes in both (text_writer.hpp); only the lines that describe a family, the end of the
// page and its content type differ. So the bulk of a page exists once for both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace iothub {

enum class Format : std::uint8_t { text, openmetrics };

// The Content-Type of a page.
std::string_view content_type(Format format);

// What stands at the end of a page.
std::string_view page_end(Format format);

// An info metric is a gauge in text format, which knows no such type.
enum class MetricType : std::uint8_t { counter, gauge, histogram, info };

std::string_view to_string(MetricType type, Format format = Format::text);

// The unit that a metric's name tells, `seconds` or `bytes`; empty if it tells none.
std::string_view unit_of(std::string_view name);

// The lines before a family's samples. `name` is that of its samples, with `_total` or `_info`; OpenMetrics
// names the family without.
std::string family_header(Format format, std::string_view name, MetricType type, std::string_view help);

}  // namespace iothub

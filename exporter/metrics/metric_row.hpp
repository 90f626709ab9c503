// One metric as documentation sees it: the README's tables are checked against these rows.
#pragma once

#include <string_view>

#include "exposition/text_writer.hpp"

namespace iothub {

struct MetricRow {
  std::string_view name;
  MetricType type;
  std::string_view labels;  // comma-separated, in the order of the page
  std::string_view help;
};

}  // namespace iothub

// The standard process_* metrics (prometheus/docs, writing_clientlibs.md), read from /proc.
#pragma once

#include <vector>

#include "exposition/text_writer.hpp"
#include "metrics/metric_row.hpp"

namespace iothub {

// Appends what can be read; what cannot has no family.
void render_process(TextWriter& out);

std::vector<MetricRow> process_metric_rows();

}  // namespace iothub

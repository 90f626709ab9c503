// The metrics about hubs and their jobs, made from snapshots: nothing here is stored or counted.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "exposition/page_cache.hpp"
#include "exposition/text_writer.hpp"
#include "metrics/hub_facts.hpp"
#include "metrics/metric_row.hpp"

namespace iothub {

// A histogram's observations: counts[i] are those up to bounds[i] and above the bound before, and one count
// more than bounds is for those above all. Bounds ascend.
struct HistogramView {
  std::span<const double> bounds;
  std::span<const std::uint64_t> counts;
  double sum = 0;
};

// Writes the samples of one family.
struct Samples {
  TextWriter& out;
  std::string_view name;

  void add(TextWriter::Labels labels, double value) const { out.sample(name, labels, value); }
  void add(TextWriter::Labels labels, const HistogramView& histogram) const;
};

// The families in the order of the page. A family without samples is left out, as Prometheus' own clients do.
RenderedText render_fleet(const std::vector<std::shared_ptr<const HubSnapshot>>& hubs,
                          const HubFactsOptions& options, WallTime now, SteadyTime now_tick);

// For documentation and its test.
std::vector<MetricRow> fleet_metric_rows();

}  // namespace iothub

// The metrics about hubs and their jobs, made from snapshots: nothing here is stored or counted.
#pragma once

#include <vector>

#include "exposition/page_cache.hpp"
#include "metrics/hub_facts.hpp"
#include "metrics/metric_row.hpp"

namespace iothub {

// The families in the order of the page. A family without samples is left out, as Prometheus' own clients do.
RenderedText render_fleet(const std::vector<std::shared_ptr<const HubSnapshot>>& hubs,
                          const HubFactsOptions& options, WallTime now, SteadyTime now_tick);

// For documentation and its test.
std::vector<MetricRow> fleet_metric_rows();

}  // namespace iothub

// The metrics about hubs and their jobs, made from snapshots: nothing here is stored or counted.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exposition/text_writer.hpp"
#include "metrics/hub_facts.hpp"
#include "metrics/metric_row.hpp"

namespace iothub {

// Writes the samples of one family.
struct Samples {
  TextWriter& out;
  std::string_view name;

  void add(Labels labels, double value) const { out.sample(name, labels, value); }
  void add(const LabelText& first, Labels more, double value) const { out.sample(name, first, more, value); }
  void add(Labels labels, const HistogramView& histogram) const {
    out.histogram(std::string(name), labels, histogram);
  }
};

// A metric: what documentation says of it, and how a hub's samples of it are made.
struct FleetFamily {
  MetricRow row;
  void (*add)(const Samples&, const HubFacts&);
};

// In the order of the page.
std::span<const FleetFamily> fleet_families();

// For documentation and its test.
std::vector<MetricRow> fleet_metric_rows();

}  // namespace iothub

// The part of the page about hubs, made the plain way: hub by hub, family by family, nothing kept. What the
// FleetPage makes piece by piece must be the same.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "metrics/fleet_families.hpp"
#include "metrics/hub_facts.hpp"

namespace iothub {

struct PageFromScratch {
  std::string text;
  Validity valid;
};

inline PageFromScratch page_from_scratch(const std::vector<std::shared_ptr<const HubSnapshot>>& hubs,
                                         const HubFactsOptions& options, WallTime now, SteadyTime now_tick,
                                         Format format = Format::text) {
  PageFromScratch page;
  std::vector<HubFacts> facts;
  std::vector<std::vector<const Job*>> listed;
  for (const auto& hub : hubs) {
    const HubFacts& its = facts.emplace_back(facts_of(hub, options, now, now_tick));
    listed.push_back(shared_details(its));
    page.valid.shorten(its.valid);
  }
  const auto shown = share_details({listed.begin(), listed.end()}, options.details.max_total);
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (!listed[i].empty()) {
      facts[i].details_dropped += facts[i].details.size() - shown[i];
      facts[i].details.erase(facts[i].details.begin() + static_cast<std::ptrdiff_t>(shown[i]),
                             facts[i].details.end());
    }
  }
  for (const FleetFamily& family : fleet_families()) {
    TextWriter samples;
    for (const HubFacts& hub : facts) {
      family.add({samples, family.row.name}, hub);
    }
    if (!samples.text().empty()) {
      page.text += family_header(format, family.row.name, family.row.type, family.row.help) + samples.take();
    }
  }
  return page;
}

}  // namespace iothub

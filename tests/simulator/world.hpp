// The state behind the services: the scenario, the timeline it runs on, and what has happened since the
// start.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/life_cycle.hpp"
#include "simulator/read_budget.hpp"
#include "simulator/scenario.hpp"
#include "simulator/token_store.hpp"

namespace azure_simulator {

struct World {
  World(Scenario of, Time start)
      : scenario(std::move(of)),
        timeline{.start = start,
                 .scale = scenario.time_scale,
                 .retention = scenario.retention,
                 .random = SeededRandom(scenario.seed)},
        budget(scenario.throttling) {}

  [[nodiscard]] std::vector<Job> jobs_of(const Hub& hub, Time now) const {
    const auto found = added.find(hub.name);
    return jobs_at(hub, found == added.end() ? std::vector<Submission>{} : found->second, timeline, now);
  }

  Scenario scenario;
  Timeline timeline;
  std::map<std::string, std::vector<Submission>, std::less<>> added;  // by hub name
  TokenStore tokens;
  ReadBudget budget;
};

}  // namespace azure_simulator

// The state behind the services: the scenario, the timeline it runs on, and what has happened since the
// start.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/arc_keys.hpp"
#include "simulator/federation_issuer.hpp"
#include "simulator/life_cycle.hpp"
#include "simulator/loop_guard.hpp"
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
        budget(scenario.throttling),
        loops(scenario.loop_limit) {}

  [[nodiscard]] std::vector<Job> jobs_of(const Hub& hub, Time now) const {
    const auto found = added.find(hub.name);
    return jobs_at(hub, found == added.end() ? std::vector<Submission>{} : found->second, timeline, now);
  }

  // Keeps a text that nobody else may see.
  void learn(const std::string& secret) {
    if (!secret.empty()) {
      secrets.insert(secret);
    }
  }

  Scenario scenario;
  Timeline timeline;
  std::map<std::string, std::vector<Submission>, std::less<>> added;  // by hub name
  TokenStore tokens;
  ReadBudget budget;
  LoopGuard loops;
  FederationIssuer federation;
  std::set<std::string> used_assertions;  // client and jti
  ArcKeys arc_keys;
  std::set<std::string> secrets;  // besides the access tokens
};

}  // namespace azure_simulator

// Where in the scenario a request points to, and whether who asks may read there.
#pragma once

#include <string>

#include "simulator/route.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

// What the names of a request lead to; null where they lead nowhere.
struct Place {
  const Subscription* subscription = nullptr;
  const ResourceGroup* group = nullptr;
  const Hub* hub = nullptr;
};

Place find_place(const Route& route, const Scenario& scenario);

// The client or managed identity with that client id.
const Principal* find_principal(const Scenario& scenario, const std::string& tenant, const std::string& id);

// A role counts for the thing it names and for everything inside it.
bool may_read(const Principal& principal, const Subscription& subscription, const ResourceGroup& group,
              const Hub& hub);
bool may_read_something(const Principal& principal, const Subscription& subscription,
                        const ResourceGroup* group);

}  // namespace azure_simulator

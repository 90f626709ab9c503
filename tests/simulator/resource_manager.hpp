// The simulated Azure Resource Manager: hubs, jobs and subscriptions, for whoever may read them.
#pragma once

#include "simulator/entra_id.hpp"
#include "simulator/message.hpp"
#include "simulator/route.hpp"
#include "simulator/world.hpp"

namespace azure_simulator {

Reply answer_manager(const Request& request, const Route& route, const Visit& visit, World& world);

}  // namespace azure_simulator

// The simulated Entra ID: tokens for clients that prove who they are, and the documents that login libraries
// ask for first. AD FS answers here too, for the tenant `adfs`.
#pragma once

#include "simulator/message.hpp"
#include "simulator/route.hpp"
#include "simulator/scenario.hpp"
#include "simulator/visit.hpp"
#include "simulator/world.hpp"

namespace azure_simulator {

Reply answer_token(const Request& request, const Route& route, const Visit& visit, World& world);

// OpenID configuration, instance discovery, the cloud's metadata.
Reply answer_discovery(const Route& route, const Visit& visit, const Scenario& scenario);

}  // namespace azure_simulator

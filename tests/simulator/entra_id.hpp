// The simulated Entra ID: tokens for clients with a secret, and the documents that login libraries ask for
// first.
#pragma once

#include <string>

#include "simulator/message.hpp"
#include "simulator/route.hpp"
#include "simulator/scenario.hpp"
#include "simulator/token_store.hpp"

namespace azure_simulator {

// Found once per request: the origin is the one that the client used.
struct Visit {
  std::string origin;  // "https://127.0.0.1:8443"
  std::string request_id;
  std::string correlation_id;
  Time now;
};

Reply answer_token(const Request& request, const Route& route, const Visit& visit, const Scenario& scenario,
                   TokenStore& tokens);

// OpenID configuration, instance discovery, the cloud's metadata.
Reply answer_discovery(const Route& route, const Visit& visit, const Scenario& scenario);

}  // namespace azure_simulator

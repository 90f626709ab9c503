// Tokens for the identities of whatever the exporter runs on. Four endpoints hand them out, each in its own
// manner: the virtual machine's (IMDS), App Service's, Azure Arc's and Cloud Shell's.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "simulator/message.hpp"
#include "simulator/route.hpp"
#include "simulator/scenario.hpp"
#include "simulator/token_store.hpp"
#include "simulator/visit.hpp"
#include "simulator/world.hpp"

namespace azure_simulator {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// By which parameters an endpoint lets its callers choose, and what of an identity each compares.
using Selectors = std::vector<std::pair<std::string_view, std::string ManagedIdentity::*>>;

struct IdentityRefusal {
  int status = 400;
  std::string error;  // "invalid_request"
  std::string description;
};

struct IdentityGrant {
  std::string text;
  Token token;
};

// A token for the `resource` and the identity that the parameters name. Without a selector it is the system
// assigned identity, or the only one. Parameters that the endpoint does not know are refused.
[[nodiscard]] tl::expected<IdentityGrant, IdentityRefusal> grant_identity(const Parameters& parameters,
                                                                          const Selectors& selectors,
                                                                          const Visit& visit, World& world);

// The answer of every endpoint but App Service's: all values are texts.
Reply identity_token(const IdentityGrant& grant);
// {"error","error_description"}, as IMDS and Azure Arc print it.
Reply identity_refusal(const IdentityRefusal& refusal);

Reply answer_imds(const Request& request, const Route& route, const Visit& visit, World& world);
Reply answer_app_service(const Request& request, const Route& route, const Visit& visit, World& world);
Reply answer_arc(const Request& request, const Route& route, const Visit& visit, World& world);
Reply answer_cloud_shell(const Request& request, const Visit& visit, World& world);

}  // namespace azure_simulator

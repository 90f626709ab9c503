#include <algorithm>

#include "simulator/managed_identity.hpp"

namespace azure_simulator {
namespace {

Reply refuse(int status, const std::string& error, const std::string& description) {
  return identity_refusal({.status = status, .error = error, .description = description});
}

Reply challenge(const ArcAgent& agent, World& world) {
  const auto key = world.arc_keys.make(agent);
  if (!key) {
    return refuse(500, "internal_error", "The key file cannot be written");
  }
  world.learn(key->content);
  Reply reply =
      refuse(401, "unauthorized_client", "The Authorization header with the key is missing or wrong");
  reply.headers.emplace_back("WWW-Authenticate",
                             "Basic realm=" + (agent.realm.empty() ? key->file : agent.realm));
  return reply;
}

// What the agent refuses before it asks for a key.
std::optional<Reply> check_form(const Request& request, const Route& route) {
  if (request.method != "GET") {
    return refuse(405, "invalid_request", "Only GET is allowed");
  }
  if (request.header("metadata") != "true") {
    return refuse(400, "invalid_request", "Required metadata header not specified");
  }
  const std::string version = route.parameter("api-version");
  if (version != "2020-06-01" && version != "2019-11-01") {
    return refuse(400, "invalid_request", "The api-version is missing or not supported: 2020-06-01");
  }
  const bool has_selector = std::ranges::any_of(
      route.query, [](const auto& pair) { return pair.first != "api-version" && pair.first != "resource"; });
  if (has_selector) {
    return refuse(400, "invalid_request", "The machine has no identity but its own, so none can be named");
  }
  return std::nullopt;
}

}  // namespace

Reply answer_arc(const Request& request, const Route& route, const Visit& visit, World& world) {
  if (!world.scenario.arc) {
    return refuse(404, "not_found", "There is no agent on this machine");
  }
  if (auto refusal = check_form(request, route)) {
    return *std::move(refusal);
  }
  constexpr std::string_view scheme = "Basic ";
  const std::string_view header = request.header("authorization");
  if (!header.starts_with(scheme) || !world.arc_keys.redeem(header.substr(scheme.size()))) {
    return challenge(*world.scenario.arc, world);
  }
  if (std::ranges::count(world.scenario.identities, true, &ManagedIdentity::system_assigned) == 0) {
    return refuse(400, "invalid_request", "Identity not found");
  }
  const auto grant = grant_identity(route.query, {}, visit, world);
  return grant ? identity_token(*grant) : identity_refusal(grant.error());
}

}  // namespace azure_simulator

#include "simulator/managed_identity.hpp"

#include <algorithm>
#include <optional>

#include "simulator/audience.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

using Chosen = tl::expected<const ManagedIdentity*, IdentityRefusal>;

tl::unexpected<IdentityRefusal> refuse(const std::string& error, const std::string& description) {
  return tl::unexpected(IdentityRefusal{.error = error, .description = description});
}

const std::string* find_value(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find_if(parameters, [&](const auto& pair) { return pair.first == name; });
  return found == parameters.end() ? nullptr : &found->second;
}

bool is_known(std::string_view name, const Selectors& selectors) {
  return name == "api-version" || name == "resource" ||
         std::ranges::any_of(selectors, [&](const auto& selector) { return selector.first == name; });
}

// The first parameter that is unknown or comes twice.
std::optional<std::string> odd_parameter(const Parameters& parameters, const Selectors& selectors) {
  const auto odd = std::ranges::find_if(parameters, [&](const auto& parameter) {
    const auto times = std::ranges::count(
        parameters, parameter.first, [](const auto& other) -> const auto& { return other.first; });
    return times > 1 || !is_known(parameter.first, selectors);
  });
  return odd == parameters.end() ? std::nullopt : std::optional(odd->first);
}

Chosen choose_default(const std::vector<ManagedIdentity>& identities) {
  const auto system = std::ranges::find(identities, true, &ManagedIdentity::system_assigned);
  if (system != identities.end()) {
    return &*system;
  }
  if (identities.size() > 1) {
    return refuse("invalid_request",
                  "Several user assigned identities exist: the request must name one by its client id or "
                  "resource id");
  }
  if (identities.empty()) {
    return refuse("invalid_request", "Identity not found");
  }
  return &identities.front();
}

Chosen choose(const Parameters& parameters, const Selectors& selectors,
              const std::vector<ManagedIdentity>& identities) {
  const ManagedIdentity* chosen = nullptr;
  int selected = 0;
  for (const auto& [name, member] : selectors) {
    const std::string* value = find_value(parameters, name);
    if (value == nullptr) {
      continue;
    }
    ++selected;
    const auto found = std::ranges::find_if(identities, [&, which = member](const auto& identity) {
      return !value->empty() && same_name(identity.*which, *value);
    });
    chosen = found == identities.end() ? nullptr : &*found;
  }
  if (selected > 1) {
    return refuse("invalid_request", "The request names an identity in more than one way");
  }
  if (selected == 0) {
    return choose_default(identities);
  }
  return chosen == nullptr ? Chosen(refuse("invalid_request", "Identity not found")) : Chosen(chosen);
}

}  // namespace

tl::expected<IdentityGrant, IdentityRefusal> grant_identity(const Parameters& parameters,
                                                            const Selectors& selectors, const Visit& visit,
                                                            World& world) {
  if (const auto odd = odd_parameter(parameters, selectors)) {
    return refuse("invalid_request", "The parameter '" + *odd + "' is unknown here, or appears twice");
  }
  const std::string* resource = find_value(parameters, "resource");
  if (resource == nullptr || resource->empty()) {
    return refuse("invalid_request", "Required audience parameter 'resource' is missing");
  }
  const auto identity = choose(parameters, selectors, world.scenario.identities);
  if (!identity) {
    return tl::unexpected(identity.error());
  }
  if (!is_resource_manager(*resource, visit.origin)) {
    return refuse("invalid_resource", "AADSTS500011: The resource principal named " + *resource +
                                          " was not found in the tenant.");
  }
  const Token token{.tenant = (*identity)->tenant,
                    .client = (*identity)->id,
                    .object_id = (*identity)->object_id,
                    .audience = *resource,
                    .issued = visit.now,
                    .expires = visit.now + (*identity)->token_lifetime};
  return IdentityGrant{.text = world.tokens.issue(token, "https://sts.windows.net/" + token.tenant + "/"),
                       .token = token};
}

Reply identity_token(const IdentityGrant& grant) {
  const Token& token = grant.token;
  const std::string seconds = std::to_string(unix_seconds(token.expires) - unix_seconds(token.issued));
  JsonText json;
  json.begin_object().text("access_token", grant.text).text("client_id", token.client);
  json.text("expires_in", seconds).text("expires_on", std::to_string(unix_seconds(token.expires)));
  json.text("ext_expires_in", seconds).text("not_before", std::to_string(unix_seconds(token.issued)));
  json.text("refresh_token", "").text("resource", token.audience).text("token_type", "Bearer");
  return {.body = json.end_object().take()};
}

Reply identity_refusal(const IdentityRefusal& refusal) {
  JsonText json;
  json.begin_object().text("error", refusal.error).text("error_description", refusal.description);
  return {.status = refusal.status, .body = json.end_object().take()};
}

}  // namespace azure_simulator

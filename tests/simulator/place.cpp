#include "simulator/place.hpp"

#include <algorithm>

#include "simulator/bodies.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

template <typename Things, typename Name>
auto find_named(const Things& things, std::string_view wanted, Name name) {
  const auto found =
      std::ranges::find_if(things, [&](const auto& thing) { return same_name(thing.*name, wanted); });
  return found == things.end() ? nullptr : &*found;
}

// Whether `id` is the resource `scope` or lies below it.
bool is_below(std::string_view id, std::string_view scope) {
  while (scope.ends_with('/')) {
    scope.remove_suffix(1);
  }
  return id.size() >= scope.size() && same_name(id.substr(0, scope.size()), scope) &&
         (id.size() == scope.size() || id[scope.size()] == '/');
}

bool grants(const std::string& role, const Subscription& subscription, const ResourceGroup& group,
            const Hub& hub) {
  if (role.starts_with('/')) {
    return is_below(hub_id(hub, subscription, group), role);
  }
  return same_name(role, hub.name) || same_name(role, subscription.id);
}

}  // namespace

Place find_place(const Route& route, const Scenario& scenario) {
  Place place;
  place.subscription = find_named(scenario.subscriptions, route.subscription, &Subscription::id);
  if (place.subscription != nullptr) {
    place.group = find_named(place.subscription->groups, route.group, &ResourceGroup::name);
  }
  if (place.group != nullptr) {
    place.hub = find_named(place.group->hubs, route.hub, &Hub::name);
  }
  return place;
}

const Principal* find_principal(const Scenario& scenario, const std::string& tenant, const std::string& id) {
  const Tenant* home = find_named(scenario.tenants, tenant, &Tenant::id);
  const Principal* client = home == nullptr ? nullptr : find_named(home->clients, id, &Client::id);
  return client != nullptr ? client : find_named(scenario.identities, id, &ManagedIdentity::id);
}

bool may_read(const Principal& principal, const Subscription& subscription, const ResourceGroup& group,
              const Hub& hub) {
  return !principal.roles || std::ranges::any_of(*principal.roles, [&](const std::string& role) {
    return grants(role, subscription, group, hub);
  });
}

bool may_read_something(const Principal& principal, const Subscription& subscription,
                        const ResourceGroup* group) {
  if (!principal.roles) {
    return true;
  }
  const std::string scope =
      "/subscriptions/" + subscription.id + (group == nullptr ? "" : "/resourceGroups/" + group->name);
  // A role on the whole scope counts even where there is no hub to read.
  const bool whole = std::ranges::any_of(*principal.roles, [&](const std::string& role) {
    return role.starts_with('/') ? is_below(scope, role) : same_name(role, subscription.id);
  });
  return whole || std::ranges::any_of(subscription.groups, [&](const ResourceGroup& candidate) {
           return (group == nullptr || group == &candidate) &&
                  std::ranges::any_of(candidate.hubs, [&](const Hub& hub) {
                    return may_read(principal, subscription, candidate, hub);
                  });
         });
}

}  // namespace azure_simulator

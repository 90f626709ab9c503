// The hub that jobs belong to.
#pragma once

#include <string>

namespace iothub {

// Where a hub is in Azure. `name` is its label: unique within a cloud.
struct HubId {
  std::string subscription_id;
  std::string resource_group;
  std::string name;
  bool operator==(const HubId&) const = default;
};

// What Azure says of the hub itself, as far as we show it. A member that Azure left out is empty.
struct Hub {
  std::string location;
  std::string sku;    // sku.name: F1, S1, …
  std::string tier;   // sku.tier: Free, Standard, …
  std::string state;  // properties.state: Active, Activating, ActivationFailed, …
  bool operator==(const Hub&) const = default;
};

// Hubs in any other state have no readable jobs. A hub that does not tell its state is taken for active.
inline bool is_active(const Hub& hub) {
  return hub.state.empty() || hub.state == "Active";
}

}  // namespace iothub

#include "fleet/fleet.hpp"

#include <utility>

namespace iothub {

void Fleet::publish(std::shared_ptr<const HubSnapshot> next) {
  {
    const std::scoped_lock lock(mutex_);
    ++version_;
    hubs_[next->id.name].swap(next);
  }
  // The old snapshot dies with `next`, when the lock is released.
}

FleetView Fleet::view() const {
  const std::scoped_lock lock(mutex_);
  FleetView view{.version = version_, .hubs = {}};
  view.hubs.reserve(hubs_.size());
  for (const auto& [name, snapshot] : hubs_) {
    view.hubs.push_back(snapshot);
  }
  return view;
}

std::uint64_t Fleet::version() const {
  const std::scoped_lock lock(mutex_);
  return version_;
}

FleetCounts count_hubs(const FleetView& view, SteadyTime now, std::chrono::milliseconds stale_after) {
  FleetCounts counts{.owned = view.hubs.size()};
  for (const auto& hub : view.hubs) {
    const auto& last_success = hub->polls.last_success_tick;
    counts.failing += hub->polls.up == false ? 1U : 0U;
    counts.withdrawn += last_success && now - *last_success > stale_after ? 1U : 0U;
  }
  return counts;
}

std::vector<std::string> unpolled_hubs(const FleetView& view) {
  std::vector<std::string> names;
  for (const auto& hub : view.hubs) {
    if (hub->polls.polls == 0) {
      names.push_back(hub->id.name);
    }
  }
  return names;
}

}  // namespace iothub

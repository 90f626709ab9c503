// All hubs that this process watches, each as its newest snapshot: where polling hands over to the pages.
//
// May be used from several threads at once; what it gives out never changes.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fleet/hub_snapshot.hpp"

namespace iothub {

struct FleetView {
  std::uint64_t version = 0;                             // grows with every change
  std::vector<std::shared_ptr<const HubSnapshot>> hubs;  // by name
};

class Fleet {
 public:
  // Replaces the snapshot of the hub of that name.
  void publish(std::shared_ptr<const HubSnapshot> next);

  [[nodiscard]] FleetView view() const;
  [[nodiscard]] std::uint64_t version() const;

 private:
  mutable std::mutex mutex_;
  std::uint64_t version_ = 0;
  std::map<std::string, std::shared_ptr<const HubSnapshot>, std::less<>> hubs_;
};

// How many hubs are in which condition, for `iothub_job_exporter_hubs`.
struct FleetCounts {
  std::size_t owned = 0;      // all of them
  std::size_t failing = 0;    // the last poll failed
  std::size_t withdrawn = 0;  // were read once, but too long ago
};

FleetCounts count_hubs(const FleetView& view, SteadyTime now, std::chrono::milliseconds stale_after);

// The names of hubs that were not polled yet, by name.
std::vector<std::string> unpolled_hubs(const FleetView& view);

}  // namespace iothub

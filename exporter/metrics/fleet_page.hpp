// The part of the page about hubs and their jobs, kept ready: what a scrape costs grows with the hubs that
// changed since the last one.
//
// May be used from several threads at once. One of them makes the page when it has changed, while others that
// ask wait for it; whoever asks for a page that is there holds a lock for as long as it takes to copy a
// pointer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "exposition/page.hpp"
#include "fleet/fleet.hpp"
#include "metrics/fleet_families.hpp"
#include "metrics/hub_facts.hpp"

namespace iothub {

struct FleetBody {
  PageBody page;
  FleetCounts hubs;  // as of the page
};

class FleetPage {
 public:
  // `fleet` must outlive the page.
  FleetPage(const Fleet& fleet, const HubFactsOptions& options);

  // The page as of now; the times are the same moment on both clocks. What was given out stays as it is.
  [[nodiscard]] std::shared_ptr<const FleetBody> get(Format format, Encoding encoding, WallTime now,
                                                     SteadyTime now_tick);

 private:
  // What was rendered of a hub.
  struct KnownHub {
    std::shared_ptr<const HubSnapshot> snapshot;
    std::vector<const Job*> listed;  // inside `snapshot`: the details that share the limit of the page
    std::size_t shown = 0;           // so many of them are on the page
    Validity valid;
  };

  // A page that is ready, in the shapes that were asked for.
  struct Edition {
    std::uint64_t version = 0;
    Validity valid;
    FleetCounts hubs;
    std::array<std::array<std::shared_ptr<const FleetBody>, 2>, 2> bodies;  // by format and encoding

    [[nodiscard]] bool is_current(std::uint64_t fleet_version, WallTime now, SteadyTime now_tick) const {
      return version >= fleet_version && valid.holds(now, now_tick);
    }
  };

  struct FamilyBlocks {
    std::array<HeaderPart, 2> headers;  // by format
    BlockRun samples;
  };

  struct Changes;

  [[nodiscard]] std::shared_ptr<const Edition> current() const;
  [[nodiscard]] Edition render(WallTime now, SteadyTime now_tick);
  [[nodiscard]] Changes find_changes(const FleetView& view, WallTime now, SteadyTime now_tick);
  void share_the_limit(Changes& changes, WallTime now, SteadyTime now_tick);
  [[nodiscard]] PageBody assemble(Format format, Encoding encoding);

  const Fleet& fleet_;
  HubFactsOptions options_;

  mutable std::mutex mutex_;  // guards the pointer
  std::shared_ptr<const Edition> current_;

  std::mutex making_;  // held by who makes a page, guards all below; taken before `mutex_`
  std::vector<KnownHub> hubs_;
  std::vector<FamilyBlocks> families_;  // like fleet_families()
  TextWriter scratch_;
};

}  // namespace iothub

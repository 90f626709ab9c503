// The ledger: counts every finished job of every hub once, also over restarts if it has a folder.
//
// What is counted lives in memory; the file (LedgerStore) follows in the same call, before anybody can see
// the new totals. If it cannot be written, counting goes on, and everything is written once that works again.
//
// Thread-safe. enter() waits for the disk, storage() never does.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "fleet/hub_snapshot.hpp"
#include "fleet/hub_totals.hpp"
#include "fleet/ledger_store.hpp"

namespace iothub {

// The file can be written no more, for this reason; or, without one, can be written again.
using LedgerObserver = std::function<void(const std::optional<Error>&)>;

struct LedgerStorage {
  bool up = true;            // the last attempt to write succeeded
  std::uint64_t errors = 0;  // attempts that did not
};

class Ledger {
 public:
  // In memory only.
  Ledger() = default;

  // In a folder, which is made if it is not there. Errors (bad_config) say what is wrong with it: damaged,
  // unwritable, of a newer version, in use by another process, no space. The observer is called under a lock:
  // it must not call back.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::string& folder,
                                                            LedgerObserver observer);

  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  // Tries once more to write what could not be written.
  ~Ledger();

  // What was counted on the hub so far.
  [[nodiscard]] std::shared_ptr<const HubTotals> totals(const HubId& hub) const;

  // Enters the jobs of a good poll that began at `began` (and at HubJobs::read_at, which is calendar time),
  // and tells each of them when it was first seen finished, and how. Returns what is counted with them.
  std::shared_ptr<const HubTotals> enter(const HubId& hub, HubJobs& jobs, SteadyTime began);

  // Nothing if it is kept in memory only.
  [[nodiscard]] std::optional<LedgerStorage> storage() const;

 private:
  struct Published {
    std::shared_ptr<const HubTotals> totals;
    std::optional<SteadyTime> last_poll;
  };

  void save(const std::string& hub, const HubAccount& account, const AccountChange& change, SteadyTime now);
  [[nodiscard]] Result<void> catch_up();

  std::string folder_;
  LedgerObserver observer_;

  mutable std::mutex mutex_;
  HubAccounts accounts_;
  std::map<std::string, Published, std::less<>> published_;
  std::optional<LedgerStore> store_;  // nothing while it cannot be written
  SteadyTime try_again_at_{};         // while it cannot

  std::atomic<bool> up_{true};
  std::atomic<std::uint64_t> errors_{0};
};

}  // namespace iothub

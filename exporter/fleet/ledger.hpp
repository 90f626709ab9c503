// The ledger: counts every finished job of every hub once, also over restarts if it has a folder.
//
// What is counted lives in memory; the file (LedgerWriter, LedgerStore) follows before anybody can see the
// new totals. If it cannot be written, counting goes on, and everything is written once that works again.
//
// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "fleet/hub_snapshot.hpp"
#include "fleet/hub_totals.hpp"
#include "fleet/ledger_writer.hpp"

namespace iothub {

class Ledger {
 public:
  // In memory only.
  Ledger() = default;

  // In a folder, which is made if it is not there. Errors (bad_config) say what is wrong with it: damaged,
  // unwritable, of a newer version, in use by another process, no space. The observer is called under a lock,
  // from any thread: it must not call back.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::string& folder, const Clock& clock,
                                                            LedgerObserver observer);

  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  // Tries once more to write what could not be written.
  ~Ledger() = default;

  // What was counted on the hub so far.
  [[nodiscard]] std::shared_ptr<const HubTotals> totals(const HubId& hub) const;

  // Enters the jobs of a good poll that began at `began` (and at HubJobs::read_at, which is calendar time),
  // and tells each of them when it was first seen finished, and how. Returns what is counted: with them, but
  // for a disk so slow that they come with a later poll. For one hub, one thread at a time.
  std::shared_ptr<const HubTotals> enter(const HubId& hub, HubJobs& jobs, SteadyTime began);

  // Nothing if it is kept in memory only. Never waits.
  [[nodiscard]] std::optional<LedgerStorage> storage() const;

 private:
  struct Published {
    std::shared_ptr<const HubTotals> totals = std::make_shared<const HubTotals>();
    std::optional<SteadyTime> last_poll;
    bool is_old = true;               // the account has counted more
    LedgerWriter::Ticket newest = 0;  // what has to be settled before all of it is shown
    // What is shown as soon as its ticket is settled, though there is more by then.
    std::optional<std::pair<LedgerWriter::Ticket, std::shared_ptr<const HubTotals>>> next;
  };

  void show(Published& published, const HubAccount& account) const;

  mutable std::mutex mutex_;
  HubAccounts accounts_;
  std::map<std::string, Published, std::less<>> published_;

  std::unique_ptr<LedgerWriter> writer_;  // ends before what it writes
};

}  // namespace iothub

// Brings what the ledger counts into its file, on a thread of its own, so that no poll hangs on the disk.
//
// All that polls give while the file is written goes into it together next. A poll waits a moment for its
// own, which is all that a good disk needs. If the file cannot be written, or a write does not end, nobody
// waits any more; when that works again, everything is written anew.
//
// For Ledger. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "fleet/ledger_store.hpp"

namespace iothub {

// The file can be written no more, for this reason; or, without one, can be written again.
using LedgerObserver = std::function<void(const std::optional<Error>&)>;

struct LedgerStorage {
  bool up = true;            // the last attempt to write succeeded, and none hangs
  std::uint64_t errors = 0;  // attempts that did not
};

class LedgerWriter {
 public:
  // `everything` gives all accounts as they are, on the writer's thread. The observer is called under a lock:
  // it must not call back.
  LedgerWriter(std::string folder, LedgerStore store, const Clock& clock, LedgerObserver observer,
               std::function<HubAccounts()> everything);
  LedgerWriter(const LedgerWriter&) = delete;
  LedgerWriter& operator=(const LedgerWriter&) = delete;
  // Tries once more to write what could not be written.
  ~LedgerWriter();

  // Numbers what was given to be written.
  using Ticket = std::uint64_t;

  // Waits a moment for the file. An update without a change asks only for another attempt, if one is due; its
  // ticket is that of nothing.
  Ticket save(const std::string& hub, HubUpdate update);

  // Whether it may be shown: the file holds it, or cannot be written, and counting goes on in memory.
  [[nodiscard]] bool is_settled(Ticket ticket) const;

  // Never waits.
  [[nodiscard]] LedgerStorage storage() const;

 private:
  void run(const std::stop_token& stop);
  void attempt(std::unique_lock<std::mutex>& lock);
  [[nodiscard]] Result<void> write(const HubUpdates& updates);
  void note_hanging(SteadyTime now);
  void fall_behind(const Error& error);

  std::string folder_;
  const Clock& clock_;
  LedgerObserver observer_;
  std::function<HubAccounts()> everything_;

  std::optional<LedgerStore> store_;  // the thread's alone; nothing while it cannot be written

  mutable std::mutex mutex_;  // for all that follows
  std::condition_variable_any changed_;
  HubUpdates owed_;
  bool is_wanted_ = false;           // an attempt
  bool must_write_all_ = false;      // the file may be anything by now
  SteadyTime try_again_at_{};        // if so
  Ticket given_ = 0;                 // the last one
  Ticket ended_ = 0;                 // tried up to this one
  Ticket written_ = 0;               // and up to this one with success
  std::optional<SteadyTime> began_;  // of the write under way
  std::atomic<bool> up_{true};
  std::atomic<std::uint64_t> errors_{0};

  std::jthread thread_;
};

}  // namespace iothub

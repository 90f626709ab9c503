#include "fleet/ledger_writer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/duration.hpp"

namespace iothub {

namespace {

// A good disk takes milliseconds. What takes longer comes with the hub's next poll.
constexpr std::chrono::seconds kMoment{1};

// A write that has not ended by then may never end.
constexpr std::chrono::seconds kHangs{10};

// After a failure, at least.
constexpr std::chrono::seconds kRest{10};

}  // namespace

LedgerWriter::LedgerWriter(std::string folder, LedgerStore store, const Clock& clock, LedgerObserver observer,
                           std::function<HubAccounts()> everything)
    : folder_(std::move(folder)),
      clock_(clock),
      observer_(std::move(observer)),
      everything_(std::move(everything)),
      store_(std::move(store)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LedgerWriter::~LedgerWriter() {
  thread_.request_stop();
  thread_.join();
}

LedgerWriter::Ticket LedgerWriter::save(const std::string& hub, HubUpdate update) {
  std::unique_lock lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  note_hanging(now);
  const bool is_new = !update.change.empty();
  const bool is_due = must_write_all_ ? !began_ && now >= try_again_at_ : up_ && is_new;
  if (!is_new && !is_due) {
    return 0;
  }
  const Ticket ticket = ++given_;
  if (is_new) {
    const auto [owed, is_first] = owed_.try_emplace(hub);
    if (is_first) {
      owed->second = std::move(update);
    } else {
      merge(owed->second, std::move(update));
    }
  }
  if (is_due) {
    is_wanted_ = true;
    changed_.notify_all();
    clock_.wait_until(changed_, lock, began_.value_or(now) + kMoment, {}, [&] { return ended_ >= ticket; });
  }
  return is_new ? ticket : 0;
}

bool LedgerWriter::is_settled(Ticket ticket) const {
  const std::scoped_lock lock(mutex_);
  return written_ >= ticket || !up_;
}

LedgerStorage LedgerWriter::storage() const {
  return {.up = up_, .errors = errors_};
}

void LedgerWriter::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return is_wanted_; })) {
    attempt(lock);
  }
  if (must_write_all_ || !owed_.empty()) {
    attempt(lock);
  }
}

void LedgerWriter::attempt(std::unique_lock<std::mutex>& lock) {
  const Ticket taken = given_;
  const HubUpdates updates = std::exchange(owed_, {});
  const SteadyTime began = clock_.steady_now();
  began_ = began;
  is_wanted_ = false;
  lock.unlock();
  const auto written = write(updates);
  const SteadyTime now = clock_.steady_now();
  lock.lock();
  began_.reset();
  must_write_all_ = !written;
  if (!written) {
    ++errors_;
    is_wanted_ = false;
    ended_ = given_;
    try_again_at_ = now + std::max<SteadyTime::duration>(kRest, now - began);
    fall_behind(written.error());
  } else {
    ended_ = taken;
    written_ = taken;
    is_wanted_ = !owed_.empty();
    if (owed_.empty() && !up_.exchange(true) && observer_) {
      observer_(std::nullopt);
    }
  }
  changed_.notify_all();
}

// After a failure the file may be anything, so it is opened and checked anew before the next attempt.
Result<void> LedgerWriter::write(const HubUpdates& updates) {
  Result<void> written;
  try {
    if (store_) {
      written = store_->write(updates);
    } else {
      written = LedgerStore::open(folder_).and_then([this](LedgerStore store) {
        return store.rewrite(everything_()).map([&] { store_ = std::move(store); });
      });
    }
  } catch (const std::exception& exception) {  // memory is short
    written = fail(ErrorKind::internal, "ledger " + folder_ + ": " + exception.what());
  }
  if (!written) {
    store_.reset();
  }
  return written;
}

void LedgerWriter::note_hanging(SteadyTime now) {
  if (began_ && now - *began_ >= kHangs) {
    fall_behind({.kind = ErrorKind::internal,
                 .message = "ledger " + folder_ + ": the disk does not answer, a write began " +
                            format_duration(std::chrono::floor<std::chrono::seconds>(now - *began_)) +
                            " ago"});
  }
}

void LedgerWriter::fall_behind(const Error& error) {
  if (up_.exchange(false) && observer_) {
    observer_(error);
  }
}

}  // namespace iothub

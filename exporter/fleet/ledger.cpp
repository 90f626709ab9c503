#include "fleet/ledger.hpp"

#include <utility>

#include "core/ascii.hpp"

namespace iothub {

namespace {

// A write that fails may take long to do so, and the next hub's poll waits for it.
constexpr std::chrono::seconds kRest{10};

// Azure compares names regardless of case. The name alone is unique in a cloud, and the label of the
// counters: a hub that moves to another resource group is still the same.
std::string key_of(const HubId& hub) {
  return ascii_lower(hub.name);
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& folder, LedgerObserver observer) {
  auto ledger = std::make_unique<Ledger>();
  auto opened = LedgerStore::open(folder).and_then([&](LedgerStore store) {
    ledger->store_ = std::move(store);
    return ledger->store_->load();
  });
  if (!opened) {
    opened.error().kind = ErrorKind::bad_config;
    return fail(std::move(opened.error()));
  }
  ledger->folder_ = folder;
  ledger->observer_ = std::move(observer);
  ledger->accounts_ = *std::move(opened);
  for (const auto& [hub, account] : ledger->accounts_) {
    ledger->published_[hub].totals = std::make_shared<const HubTotals>(account.totals);
  }
  return ledger;
}

Ledger::~Ledger() {
  if (!folder_.empty() && !store_) {
    (void)catch_up();  // that it fails is told already
  }
}

std::shared_ptr<const HubTotals> Ledger::totals(const HubId& hub) const {
  const std::scoped_lock lock(mutex_);
  const auto found = published_.find(key_of(hub));
  return found == published_.end() ? std::make_shared<const HubTotals>() : found->second.totals;
}

std::shared_ptr<const HubTotals> Ledger::enter(const HubId& hub, HubJobs& jobs, SteadyTime began) {
  const std::string key = key_of(hub);
  const std::scoped_lock lock(mutex_);
  HubAccount& account = accounts_[key];
  Published& published = published_[key];
  const SteadyTime last_poll = std::exchange(published.last_poll, began).value_or(began);
  const AccountChange change =
      enter_poll(account, jobs, std::chrono::duration_cast<std::chrono::microseconds>(began - last_poll));
  save(key, account, change, began);
  if (!published.totals || !change.totals.empty()) {
    published.totals = std::make_shared<const HubTotals>(account.totals);
  }
  return published.totals;
}

std::optional<LedgerStorage> Ledger::storage() const {
  return folder_.empty() ? std::nullopt : std::optional(LedgerStorage{.up = up_, .errors = errors_});
}

void Ledger::save(const std::string& hub, const HubAccount& account, const AccountChange& change,
                  SteadyTime now) {
  const bool is_behind = !store_;
  if (folder_.empty() || (is_behind && now < try_again_at_) || (!is_behind && change.empty())) {
    return;
  }
  const auto saved = is_behind ? catch_up() : store_->write(hub, account, change);
  if (saved && !is_behind) {
    return;
  }
  if (!saved) {
    // The file may be anything by now, so it is opened and checked anew before the next attempt.
    store_.reset();
    try_again_at_ = now + kRest;
    ++errors_;
  }
  if (up_.exchange(saved.has_value()) != saved.has_value() && observer_) {
    observer_(saved ? std::nullopt : std::optional(saved.error()));
  }
}

Result<void> Ledger::catch_up() {
  return LedgerStore::open(folder_).and_then(
      [this](LedgerStore store) { return store.rewrite(accounts_).map([&] { store_ = std::move(store); }); });
}

}  // namespace iothub

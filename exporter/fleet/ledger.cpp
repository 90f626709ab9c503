#include "fleet/ledger.hpp"

#include <utility>

#include "core/ascii.hpp"

namespace iothub {

namespace {

// Azure compares names regardless of case. The name alone is unique in a cloud, and the label of the
// counters: a hub that moves to another resource group is still the same.
std::string key_of(const HubId& hub) {
  return ascii_lower(hub.name);
}

}  // namespace

Result<std::unique_ptr<Ledger>> Ledger::open(const std::string& folder, const Clock& clock,
                                             LedgerObserver observer) {
  auto ledger = std::make_unique<Ledger>();
  auto opened = LedgerStore::open(folder).and_then([&](LedgerStore store) {
    return store.load().map([&](HubAccounts accounts) {
      ledger->accounts_ = std::move(accounts);
      return std::move(store);
    });
  });
  if (!opened) {
    opened.error().kind = ErrorKind::bad_config;
    return fail(std::move(opened.error()));
  }
  for (const auto& [hub, account] : ledger->accounts_) {
    Published& published = ledger->published_[hub];
    published.totals = std::make_shared<const HubTotals>(account.totals);
    published.is_old = false;
  }
  ledger->writer_ = std::make_unique<LedgerWriter>(folder, *std::move(opened), clock, std::move(observer),
                                                   [&from = *ledger] {
                                                     const std::scoped_lock lock(from.mutex_);
                                                     return from.accounts_;
                                                   });
  return ledger;
}

std::shared_ptr<const HubTotals> Ledger::totals(const HubId& hub) const {
  const std::scoped_lock lock(mutex_);
  const auto found = published_.find(key_of(hub));
  return found == published_.end() ? std::make_shared<const HubTotals>() : found->second.totals;
}

std::shared_ptr<const HubTotals> Ledger::enter(const HubId& hub, HubJobs& jobs, SteadyTime began) {
  const std::string key = key_of(hub);
  std::unique_lock lock(mutex_);
  HubAccount& account = accounts_[key];
  Published& published = published_[key];
  const SteadyTime last_poll = std::exchange(published.last_poll, began).value_or(began);
  AccountChange change =
      enter_poll(account, jobs, std::chrono::duration_cast<std::chrono::microseconds>(began - last_poll));
  published.is_old = published.is_old || !change.totals.empty();
  if (writer_) {
    HubUpdate update = change.empty() ? HubUpdate() : update_of(account, std::move(change));
    lock.unlock();
    const auto ticket = writer_->save(key, std::move(update));
    lock.lock();
    published.newest = std::max(published.newest, ticket);
  }
  show(published, account);
  return published.totals;
}

// A hub may be polled more often than the disk answers: what was counted by an earlier poll is shown then.
void Ledger::show(Published& published, const HubAccount& account) const {
  const auto is_settled = [this](LedgerWriter::Ticket ticket) {
    return !writer_ || writer_->is_settled(ticket);
  };
  if (published.next && is_settled(published.next->first)) {
    published.totals = std::move(published.next->second);
    published.next.reset();
  }
  if (!published.is_old || published.next) {
    return;
  }
  auto totals = std::make_shared<const HubTotals>(account.totals);
  if (is_settled(published.newest)) {
    published.totals = std::move(totals);
    published.is_old = false;
  } else {
    published.next.emplace(published.newest, std::move(totals));
  }
}

std::optional<LedgerStorage> Ledger::storage() const {
  return writer_ ? std::optional(writer_->storage()) : std::nullopt;
}

}  // namespace iothub

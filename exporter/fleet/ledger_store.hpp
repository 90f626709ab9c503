// The ledger's file: hub accounts as rows of SQLite.
//
// Write-ahead log, flushed by every commit, so that what was told to a scrape is never taken back by a crash;
// locked for as long as it is open, so that two processes cannot count into one ledger.
//
// Used by one thread at a time. Errors name the file and the cause.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "fleet/hub_account.hpp"
#include "fleet/sqlite.hpp"

namespace iothub {

// By the hub's key.
using HubAccounts = std::map<std::string, HubAccount, std::less<>>;
using HubUpdates = std::map<std::string, HubUpdate, std::less<>>;

class LedgerStore {
 public:
  // Opens `ledger.db` in `folder`; makes both where they are not there. The file is checked for damage,
  // brought to this version's format and written to once, so that an error shows now.
  [[nodiscard]] static Result<LedgerStore> open(const std::string& folder);

  [[nodiscard]] Result<HubAccounts> load();

  // Each of these is one transaction.
  [[nodiscard]] Result<void> write(const HubUpdates& updates);
  [[nodiscard]] Result<void> rewrite(const HubAccounts& accounts);

 private:
  LedgerStore(std::string file, SqlDatabase database)
      : file_(std::move(file)), database_(std::move(database)) {}

  [[nodiscard]] Result<void> prepare();
  [[nodiscard]] Result<void> check_format();
  [[nodiscard]] Result<void> check_damage();
  [[nodiscard]] Result<void> read_hubs(HubAccounts& accounts);
  [[nodiscard]] Result<void> read_jobs(HubAccounts& accounts);
  [[nodiscard]] Result<void> read_counters(HubAccounts& accounts);
  [[nodiscard]] Result<void> read_forgotten(HubAccounts& accounts);
  [[nodiscard]] Result<void> put_hub(std::string_view hub, const HubAccount& account);
  [[nodiscard]] Result<void> put_jobs(std::string_view hub, const HubAccount& account,
                                      const std::set<std::string>& ids);
  [[nodiscard]] Result<void> put_totals(std::string_view hub, const HubAccount& account, JobType type);
  [[nodiscard]] Result<void> put_all(std::string_view hub, const HubAccount& account);
  [[nodiscard]] Result<void> put_change(std::string_view hub, const HubAccount& account,
                                        const AccountChange& change);
  [[nodiscard]] Result<void> transaction(const std::function<Result<void>()>& work);
  [[nodiscard]] Error named(Error error) const;

  std::string file_;
  SqlDatabase database_;
};

// Brings a database to the format that all `steps` lead to, one step after the other, all or none; its format
// is the number of steps that it has had (user_version). One that has had more is an error.
[[nodiscard]] Result<void> migrate(SqlDatabase& database, std::span<const std::string_view> steps);

}  // namespace iothub

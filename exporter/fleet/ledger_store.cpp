#include "fleet/ledger_store.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "fleet/ledger_format.hpp"

namespace iothub {

namespace {

constexpr auto* kPutHub = R"sql(
  INSERT OR REPLACE INTO hubs (hub, day, day_began, follows_list) VALUES (?, ?, ?, ?))sql";

constexpr auto* kPutJob = R"sql(
  INSERT OR REPLACE INTO jobs
    (hub, job_id, job_type, status, finished_seen, counted, busy_from, busy_to, last_seen)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?))sql";

constexpr auto* kPutCounter = R"sql(
  INSERT OR REPLACE INTO counters (hub, job_type, name, label, bucket, value) VALUES (?, ?, ?, ?, ?, ?))sql";

constexpr auto* kPutForgotten = R"sql(
  INSERT OR REPLACE INTO busy_forgotten (hub, job_type, until) VALUES (?, ?, ?))sql";

// Pages (of 4 KiB) of the log after which it is written into the file and begun anew. Polls write few, and a
// disk may be small.
constexpr std::string_view kShortLog = "PRAGMA wal_autocheckpoint = 32";

constexpr std::string_view kBusy = "busy_microseconds";

std::int64_t micros(WallTime time) {
  return time.time_since_epoch().count();
}

SqlValue micros(const std::optional<WallTime>& time) {
  return time ? SqlValue(micros(*time)) : SqlValue(nullptr);
}

WallTime wall_time(std::int64_t micros_since_1970) {
  return WallTime(std::chrono::microseconds(micros_since_1970));
}

std::int64_t as_number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

// Everything that a type has counted, as rows of `counters`: calls `row(name, label, bucket, value)` until it
// fails. The value can be changed, so that reading and writing share this.
template <typename Totals, typename Row>
Result<void> for_each_counter(Totals& totals, const Row& row) {
  Result<void> outcome = row(kBusy, std::string_view(), std::int64_t{0}, totals.busy);
  for (const auto& [failure_class, label] : kFailureClassNames) {
    auto& count = totals.failures.at(static_cast<std::size_t>(failure_class));
    outcome = outcome.and_then([&, name = label] { return row("failures", name, std::int64_t{0}, count); });
  }
  for (std::size_t i = 0; i < kFinalStatuses.size(); ++i) {
    auto& finished = totals.finished.at(i);
    const std::string_view status = to_string(kFinalStatuses.at(i));
    outcome = outcome.and_then([&] { return row("finished", status, std::int64_t{0}, finished.jobs); })
                  .and_then([&] {
                    return row("duration_microseconds", status, std::int64_t{0}, finished.duration);
                  });
    for (std::size_t bucket = 0; bucket < finished.by_duration.size(); ++bucket) {
      const std::int64_t bound = bucket < kDurationBuckets.size() ? kDurationBuckets.at(bucket).count() : 0;
      outcome = outcome.and_then(
          [&] { return row("duration_bucket", status, bound, finished.by_duration.at(bucket)); });
    }
  }
  return outcome;
}

std::int64_t value_of(std::uint64_t counter) {
  return as_number(counter);
}
std::int64_t value_of(std::chrono::microseconds counter) {
  return counter.count();
}
void set_value(std::uint64_t& counter, std::int64_t value) {
  counter = static_cast<std::uint64_t>(value);
}
void set_value(std::chrono::microseconds& counter, std::int64_t value) {
  counter = std::chrono::microseconds{value};
}

}  // namespace

Result<void> migrate(SqlDatabase& database, std::span<const std::string_view> steps) {
  const auto format = database.number("PRAGMA user_version");
  if (!format) {
    return fail(format.error());
  }
  const auto known = static_cast<std::int64_t>(steps.size());
  if (*format > known) {
    return fail(ErrorKind::internal, "it was written by a newer version of the exporter (its format is " +
                                         std::to_string(*format) + ", this version knows " +
                                         std::to_string(known) + ")");
  }
  if (*format < 0) {
    return fail(ErrorKind::internal, "it is damaged: its format is " + std::to_string(*format));
  }
  if (*format == known) {
    return {};
  }
  return database.transaction([&]() -> Result<void> {
    for (const std::string_view step : steps.subspan(static_cast<std::size_t>(*format))) {
      if (auto done = database.run(std::string(step)); !done) {
        return done;
      }
    }
    return database.run("PRAGMA user_version = " + std::to_string(known));
  });
}

Result<LedgerStore> LedgerStore::open(const std::string& folder) {
  const std::string file = (std::filesystem::path(folder) / "ledger.db").string();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(ErrorKind::internal, "ledger " + file + ": its folder cannot be made: " + error.message());
  }
  if (faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return fail(ErrorKind::internal, "ledger " + file + ": its folder cannot be written: " +
                                         std::generic_category().message(errno));
  }
  auto database = SqlDatabase::open(file);
  if (!database) {
    return fail(std::move(database.error()).within("ledger " + file));
  }
  LedgerStore store(file, *std::move(database));
  if (auto prepared = store.prepare(); !prepared) {
    return fail(store.named(std::move(prepared.error())));
  }
  return store;
}

// Nothing is changed before the format is known to be ours. The last two write, so that a file that cannot be
// written shows now, and lock it.
Result<void> LedgerStore::prepare() {
  return database_.run("PRAGMA locking_mode = EXCLUSIVE")
      .and_then([this] { return check_format(); })
      .and_then([this] { return check_damage(); })
      .and_then([this] { return migrate(database_, kLedgerSteps); })
      .and_then([this] { return database_.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"); })
      .and_then([this] { return database_.run(std::string(kShortLog)); })
      .and_then([this] {
        return database_.run("PRAGMA application_id = " + std::to_string(kLedgerApplicationId));
      });
}

Result<void> LedgerStore::check_format() {
  const auto application = database_.number("PRAGMA application_id");
  const auto tables = database_.number("SELECT count(*) FROM sqlite_schema");
  if (!application || !tables) {
    return fail(application ? tables.error() : application.error());
  }
  if (*tables > 0 && *application != kLedgerApplicationId) {
    return fail(ErrorKind::internal, "it is another program's database");
  }
  return {};
}

Result<void> LedgerStore::check_damage() {
  std::string verdict;
  return database_
      .run("PRAGMA quick_check(1)", {},
           [&verdict](const SqlRow& row) -> Result<void> {
             verdict = row.text(0);
             return {};
           })
      .and_then([&verdict]() -> Result<void> {
        return verdict == "ok" ? Result<void>() : fail(ErrorKind::internal, "it is damaged: " + verdict);
      });
}

Result<HubAccounts> LedgerStore::load() {
  HubAccounts accounts;
  auto loaded = read_hubs(accounts)
                    .and_then([&] { return read_jobs(accounts); })
                    .and_then([&] { return read_counters(accounts); })
                    .and_then([&] { return read_forgotten(accounts); });
  if (!loaded) {
    return fail(named(std::move(loaded.error())));
  }
  return accounts;
}

Result<void> LedgerStore::read_hubs(HubAccounts& accounts) {
  return database_.run("SELECT hub, day, day_began, follows_list FROM hubs", {},
                       [&](const SqlRow& row) -> Result<void> {
                         HubAccount& account = accounts[row.text(0)];
                         account.day = row.number(1);
                         account.day_began = wall_time(row.number(2));
                         account.follows_list = row.number(3) != 0;
                         return {};
                       });
}

Result<void> LedgerStore::read_jobs(HubAccounts& accounts) {
  constexpr auto* kQuery = R"sql(
    SELECT hub, job_id, job_type, status, finished_seen, counted, busy_from, busy_to, last_seen
    FROM jobs)sql";
  return database_.run(kQuery, {}, [&](const SqlRow& row) -> Result<void> {
    JobEntry& entry = accounts[row.text(0)].jobs[row.text(1)];
    entry.type = parse_job_type(row.text(2));
    entry.status = parse_job_status(row.text(3));
    if (const auto seen = row.optional_number(4)) {
      entry.finished_seen = wall_time(*seen);
    }
    entry.counted = row.number(5) != 0;
    if (const auto from = row.optional_number(6)) {
      entry.busy = BusyTime{.from = wall_time(*from), .to = wall_time(row.number(7))};
    }
    entry.last_seen = row.number(8);
    return {};
  });
}

Result<void> LedgerStore::read_counters(HubAccounts& accounts) {
  constexpr auto* kQuery = "SELECT hub, job_type, name, label, bucket, value FROM counters";
  return database_.run(kQuery, {}, [&](const SqlRow& row) -> Result<void> {
    if (row.number(5) < 0) {
      return fail(ErrorKind::internal, "it is damaged: a counter is below zero");
    }
    TypeTotals& totals = accounts[row.text(0)].totals.of(parse_job_type(row.text(1)));
    totals.seen = true;
    const std::string found_name = row.text(2);
    const std::string found_label = row.text(3);
    return for_each_counter(totals,
                            [&](std::string_view name, std::string_view label, std::int64_t bucket,
                                auto& counter) -> Result<void> {
                              if (name == found_name && label == found_label && bucket == row.number(4)) {
                                set_value(counter, row.number(5));
                              }
                              return {};
                            });
  });
}

Result<void> LedgerStore::read_forgotten(HubAccounts& accounts) {
  return database_.run(
      "SELECT hub, job_type, until FROM busy_forgotten", {}, [&](const SqlRow& row) -> Result<void> {
        const JobType type = parse_job_type(row.text(1));
        accounts[row.text(0)].busy_forgotten.at(static_cast<std::size_t>(type)) = wall_time(row.number(2));
        return {};
      });
}

Result<void> LedgerStore::write(const HubUpdates& updates) {
  return transaction([&]() -> Result<void> {
    for (const auto& [hub, update] : updates) {
      if (auto written = put_change(hub, update.rows, update.change); !written) {
        return written;
      }
    }
    return {};
  });
}

Result<void> LedgerStore::rewrite(const HubAccounts& accounts) {
  return transaction([&]() -> Result<void> {
    for (const auto& [hub, account] : accounts) {
      if (auto written = put_all(hub, account); !written) {
        return written;
      }
    }
    return {};
  });
}

Result<void> LedgerStore::put_change(std::string_view hub, const HubAccount& account,
                                     const AccountChange& change) {
  auto written = change.hub ? put_hub(hub, account) : Result<void>();
  if (!change.jobs.empty()) {
    written = written.and_then([&] { return put_jobs(hub, account, change.jobs); });
  }
  for (const std::string& id : change.forgotten) {
    written = written.and_then([&] {
      return database_.run("DELETE FROM jobs WHERE hub = ? AND job_id = ?", {hub, std::string_view(id)});
    });
  }
  for (const JobType type : change.totals) {
    written = written.and_then([&] { return put_totals(hub, account, type); });
  }
  return written;
}

Result<void> LedgerStore::put_all(std::string_view hub, const HubAccount& account) {
  AccountChange all{.hub = account.day > 0, .jobs = {}, .forgotten = {}, .totals = {}};
  for (const auto& [id, entry] : account.jobs) {
    all.jobs.insert(id);
  }
  for (const auto& [type, name] : kJobTypeNames) {
    if (account.totals.of(type).seen) {
      all.totals.insert(type);
    }
  }
  return database_.run("DELETE FROM jobs WHERE hub = ?", {hub}).and_then([&] {
    return put_change(hub, account, all);
  });
}

Result<void> LedgerStore::put_hub(std::string_view hub, const HubAccount& account) {
  return database_.run(
      kPutHub, {hub, account.day, micros(account.day_began), std::int64_t{account.follows_list ? 1 : 0}});
}

Result<void> LedgerStore::put_jobs(std::string_view hub, const HubAccount& account,
                                   const std::set<std::string>& ids) {
  auto statement = database_.prepare(kPutJob);
  if (!statement) {
    return fail(std::move(statement.error()));
  }
  Result<void> written;
  for (const std::string& id : ids) {
    const JobEntry& entry = account.jobs.at(id);
    const auto from = entry.busy ? std::optional(entry.busy->from) : std::nullopt;
    const auto to = entry.busy ? std::optional(entry.busy->to) : std::nullopt;
    written = written.and_then([&] {
      return statement->run({hub, std::string_view(id), to_string(entry.type), to_string(entry.status),
                             micros(entry.finished_seen), std::int64_t{entry.counted ? 1 : 0}, micros(from),
                             micros(to), entry.last_seen});
    });
  }
  return written;
}

Result<void> LedgerStore::put_totals(std::string_view hub, const HubAccount& account, JobType type) {
  auto statement = database_.prepare(kPutCounter);
  if (!statement) {
    return fail(std::move(statement.error()));
  }
  const std::string_view type_name = to_string(type);
  auto written = for_each_counter(account.totals.of(type), [&](std::string_view name, std::string_view label,
                                                               std::int64_t bucket, const auto& counter) {
    const std::int64_t value = value_of(counter);
    const bool is_worth_a_row = value > 0 || name == kBusy;  // one row tells that the type was seen
    return is_worth_a_row ? statement->run({hub, type_name, name, label, bucket, value}) : Result<void>();
  });
  const auto& forgotten = account.busy_forgotten.at(static_cast<std::size_t>(type));
  if (!written || !forgotten) {
    return written;
  }
  return database_.run(kPutForgotten, {hub, type_name, micros(*forgotten)});
}

Result<void> LedgerStore::transaction(const std::function<Result<void>()>& work) {
  if (database_.has_moved()) {
    return fail(ErrorKind::internal, "ledger " + file_ + ": it was moved or deleted");
  }
  return database_.transaction(work).map_error([this](Error error) { return named(std::move(error)); });
}

Error LedgerStore::named(Error error) const {
  return std::move(error).within("ledger " + file_);
}

}  // namespace iothub

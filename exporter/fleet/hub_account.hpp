// The ledger's page of one hub: which jobs were seen, which of them are counted, and the totals. A value and
// the one rule by which a poll changes it; who stores it is Ledger.
//
// A finished job is counted once, when it is first seen finished, if the polls before would have shown it
// unfinished. So a hub's first poll counts nothing: it sets the baseline. The same holds for what the
// configuration newly names, a single job or the whole list.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/clock.hpp"
#include "fleet/hub_snapshot.hpp"
#include "fleet/hub_totals.hpp"

namespace iothub {

struct BusyTime {
  WallTime from;
  WallTime to;
  bool operator==(const BusyTime&) const = default;
};

// What is known of one job id.
struct JobEntry {
  JobType type = JobType::unknown;
  JobStatus status = JobStatus::unknown;  // the final one, once it was seen; `unknown` of a job not found
  std::optional<WallTime> finished_seen;  // when it was first seen finished
  bool counted = false;                   // and not part of the baseline
  std::optional<BusyTime> busy;           // what of it is in TypeTotals::busy, together with other jobs
  std::int64_t last_seen = 0;             // a day of the account
  bool operator==(const JobEntry&) const = default;
};

struct HubAccount {
  // Days on which the hub was polled, and when the current one began; 0 before the first poll. A new day
  // begins when the clock is a day away from that, in either direction: a clock that jumps costs a day, no
  // more.
  std::int64_t day = 0;
  WallTime day_began{};
  bool follows_list = false;                          // the last poll read the whole list
  std::map<std::string, JobEntry, std::less<>> jobs;  // by id in lower case
  HubTotals totals;
  // Until when the intervals of forgotten jobs reached: no second before counts as busy any more.
  std::array<std::optional<WallTime>, kJobTypeNames.size()> busy_forgotten{};

  bool operator==(const HubAccount&) const = default;
};

// What one poll changed, for whoever stores the account.
struct AccountChange {
  bool hub = false;            // the day or follows_list
  std::set<std::string> jobs;  // entries that are new or different
  std::set<std::string> forgotten;
  std::set<JobType> totals;

  [[nodiscard]] bool empty() const { return !hub && jobs.empty() && forgotten.empty() && totals.empty(); }
};

// What is to be stored of an account: its own rows, and of its jobs only those that changed.
struct HubUpdate {
  HubAccount rows;
  AccountChange change;
};

[[nodiscard]] HubUpdate update_of(const HubAccount& account, AccountChange change);

// Adds what a later poll of the same hub changed.
void merge(HubUpdate& update, HubUpdate later);

// Enters the jobs of one good poll, and tells each of them when it was first seen finished, and how.
// `watched_for` is the time since the poll before as far as this process knows, zero if there was none: how
// long jobs that still run have been running is taken from it, because the clock may jump.
AccountChange enter_poll(HubAccount& account, HubJobs& poll, std::chrono::microseconds watched_for);

}  // namespace iothub

#include "fleet/hub_account.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr std::chrono::hours kDay{24};

// Azure keeps jobs for up to 30 days.
constexpr std::int64_t kDaysUnseen = 35;

// Azure finds a job by its id regardless of case, so two spellings are one job.
std::string key_of(const std::string& id) {
  return ascii_lower(id);
}

std::size_t final_index(JobStatus status) {
  return static_cast<std::size_t>(std::ranges::find(kFinalStatuses, status) - kFinalStatuses.begin());
}

void count(TypeTotals& totals, const Job& job) {
  FinishedTotals& finished = totals.finished.at(final_index(job.status));
  ++finished.jobs;
  if (job.status == JobStatus::failed) {
    ++totals.failures.at(static_cast<std::size_t>(classify_failure(job)));
  }
  if (const auto duration = job.duration()) {
    const auto bucket = std::ranges::lower_bound(kDurationBuckets, *duration);
    ++finished.by_duration.at(static_cast<std::size_t>(bucket - kDurationBuckets.begin()));
    finished.duration += *duration;
  }
}

// How long at least one job of the type was busy, as far as its jobs are remembered.
std::chrono::microseconds busy_time(const HubAccount& account, JobType type) {
  const auto forgotten = account.busy_forgotten.at(static_cast<std::size_t>(type)).value_or(WallTime::min());
  std::vector<BusyTime> times;
  for (const auto& [id, entry] : account.jobs) {
    if (entry.type == type && entry.busy && entry.busy->to > forgotten) {
      times.push_back(*entry.busy);
    }
  }
  std::ranges::sort(times, {}, &BusyTime::from);
  std::chrono::microseconds sum{0};
  WallTime reached = forgotten;
  for (const BusyTime& time : times) {
    if (time.to > reached) {
      sum += time.to - std::max(time.from, reached);
      reached = time.to;
    }
  }
  return sum;
}

// One poll on its way into the account.
class PollEntry {
 public:
  PollEntry(HubAccount& account, WallTime now, std::chrono::microseconds watched_for)
      : account_(account), now_(now), watched_for_(watched_for), followed_list_(account.follows_list) {
    const auto away = std::chrono::abs(now - account.day_began);
    if (account.day == 0 || away >= kDay) {
      ++account.day;
      account.day_began = now;
      change_.hub = true;
    }
  }

  void follow_list(bool whole_list) {
    change_.hub = change_.hub || account_.follows_list != whole_list;
    account_.follows_list = whole_list;
  }

  void add_missing(const std::string& id) { update(id, entry_of(id)); }

  void add(const std::string& id, Job& job) {
    const bool is_new = !account_.jobs.contains(id);
    JobEntry entry = entry_of(id);
    TypeTotals& totals = account_.totals.of(job.type);
    if (!std::exchange(totals.seen, true)) {
      change_.totals.insert(job.type);
    }
    if (!is_final(entry.status) && is_final(job.status)) {
      entry.counted = !is_new || followed_list_;
      entry.finished_seen = now_;
      if (entry.counted) {
        note_end(entry, job);
        count(totals, job);
        change_.totals.insert(job.type);
      }
      entry.status = job.status;
    } else if (!is_final(entry.status)) {
      if (is_active(job.status)) {
        note_activity(entry, job, is_new && !followed_list_);
      }
      entry.status = job.status;
    }
    job.seen_finished = entry.finished_seen;
    job.seen_finishing = entry.counted;
    entry.type = entry.busy ? entry.type : job.type;
    update(id, entry);
  }

  AccountChange finish() {
    for (const JobType type : busy_changed_) {
      const auto grown = busy_time(account_, type) - busy_before_.at(static_cast<std::size_t>(type));
      if (grown > std::chrono::microseconds::zero()) {
        account_.totals.of(type).busy += grown;
        change_.totals.insert(type);
      }
    }
    if (change_.hub) {
      forget_unseen();
    }
    return std::move(change_);
  }

 private:
  [[nodiscard]] JobEntry entry_of(const std::string& id) const {
    const auto found = account_.jobs.find(id);
    return found == account_.jobs.end() ? JobEntry{} : found->second;
  }

  void update(const std::string& id, JobEntry entry) {
    entry.last_seen = account_.day;
    if (const auto found = account_.jobs.find(id); found == account_.jobs.end() || found->second != entry) {
      account_.jobs.insert_or_assign(id, entry);
      change_.jobs.insert(id);
    }
  }

  // A job that is under way. Of one that the baseline found so, what was before the baseline does not count.
  void note_activity(JobEntry& entry, const Job& job, bool is_baseline) {
    if (!job.start) {
      return;
    }
    const auto age = std::max(now_ - *job.start, std::chrono::microseconds::zero());
    if (!entry.busy && is_baseline) {
      set_busy(entry, job.type, {.from = *job.start + age, .to = *job.start + age});
    } else if (!entry.busy) {
      set_busy(entry, job.type, {.from = *job.start, .to = *job.start + std::min(age, watched_for_)});
    } else {
      set_busy(entry, entry.type, {.from = entry.busy->from, .to = entry.busy->to + watched_for_});
    }
  }

  void note_end(JobEntry& entry, const Job& job) {
    if (entry.busy && job.end && *job.end - entry.busy->from <= kLongestJob) {
      set_busy(entry, entry.type, {.from = entry.busy->from, .to = std::max(entry.busy->to, *job.end)});
    } else if (!entry.busy && job.duration() > std::chrono::microseconds::zero()) {
      set_busy(entry, job.type, {.from = *job.start, .to = *job.end});
    }
  }

  void set_busy(JobEntry& entry, JobType type, BusyTime time) {
    if (busy_changed_.insert(type).second) {
      // Nothing of this type has changed in the account yet: entries are put back after this.
      busy_before_.at(static_cast<std::size_t>(type)) = busy_time(account_, type);
    }
    entry.type = type;
    entry.busy = time;
  }

  void forget_unseen() {
    for (auto job = account_.jobs.begin(); job != account_.jobs.end();) {
      const auto& [id, entry] = *job;
      if (account_.day - entry.last_seen <= kDaysUnseen) {
        ++job;
        continue;
      }
      if (entry.busy) {
        auto& forgotten = account_.busy_forgotten.at(static_cast<std::size_t>(entry.type));
        const WallTime until = std::min(entry.busy->to, now_);  // a date may be in the future
        forgotten = std::max(forgotten.value_or(until), until);
        change_.totals.insert(entry.type);
      }
      change_.forgotten.insert(id);
      job = account_.jobs.erase(job);
    }
  }

  HubAccount& account_;
  WallTime now_;
  std::chrono::microseconds watched_for_;
  bool followed_list_;
  std::set<JobType> busy_changed_;
  std::array<std::chrono::microseconds, kJobTypeNames.size()> busy_before_{};
  AccountChange change_;
};

}  // namespace

HubUpdate update_of(const HubAccount& account, AccountChange change) {
  HubUpdate update{.rows = {.day = account.day,
                            .day_began = account.day_began,
                            .follows_list = account.follows_list,
                            .jobs = {},
                            .totals = account.totals,
                            .busy_forgotten = account.busy_forgotten},
                   .change = std::move(change)};
  for (const std::string& id : update.change.jobs) {
    update.rows.jobs.emplace(id, account.jobs.at(id));
  }
  return update;
}

void merge(HubUpdate& update, HubUpdate later) {
  AccountChange& change = update.change;
  change.hub = change.hub || later.change.hub;
  change.totals.merge(later.change.totals);
  for (const std::string& id : later.change.forgotten) {
    update.rows.jobs.erase(id);
    change.jobs.erase(id);
    change.forgotten.insert(id);
  }
  for (const std::string& id : later.change.jobs) {
    change.forgotten.erase(id);
  }
  change.jobs.merge(later.change.jobs);
  later.rows.jobs.merge(update.rows.jobs);  // keeps the later one of two
  update.rows = std::move(later.rows);
}

AccountChange enter_poll(HubAccount& account, HubJobs& poll, std::chrono::microseconds watched_for) {
  PollEntry entry(account, poll.read_at, watched_for);
  entry.follow_list(poll.watched.empty());
  auto job = poll.jobs.begin();
  for (const JobPresence& presence : poll.watched) {
    if (presence.found && job != poll.jobs.end()) {
      // By the id that was asked for, whatever the answer calls itself.
      entry.add(key_of(presence.id), *job++);
    } else {
      entry.add_missing(key_of(presence.id));
    }
  }
  for (; job != poll.jobs.end(); ++job) {
    if (!job->id.empty()) {  // jobs without an id cannot be told apart, so they are not counted at all
      entry.add(key_of(job->id), *job);
    }
  }
  return entry.finish();
}

}  // namespace iothub

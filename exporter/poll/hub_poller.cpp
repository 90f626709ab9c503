#include "poll/hub_poller.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "core/ascii.hpp"

namespace iothub {

namespace {

// From as many on, those of jobs that the last poll did not find are forgotten; about 100 bytes each.
constexpr std::size_t kOdditiesRemembered = 10'000;

// The hub's own facts are an extra: a role that may read jobs but not hubs, or a stumbling answer, costs
// labels and nothing else. If nobody answers at all, asking for the jobs as well would only take twice as
// long.
bool can_do_without(ErrorKind lookup_failure) {
  return lookup_failure == ErrorKind::forbidden || lookup_failure == ErrorKind::not_found ||
         lookup_failure == ErrorKind::server_error || lookup_failure == ErrorKind::bad_response;
}

// A list that changes while its pages are read can show a job twice; a series must not be.
void drop_repeated_ids(std::vector<Job>& jobs) {
  std::set<std::string> seen;
  const auto repeated = [&](const Job& job) {
    return !job.id.empty() && !seen.insert(ascii_lower(job.id)).second;
  };
  std::vector<Job> kept;
  kept.reserve(jobs.size());
  for (Job& job : jobs) {
    if (!repeated(job)) {
      kept.push_back(job);
    }
  }
  if (kept.size() < jobs.size()) {
    jobs = std::move(kept);
  }
}

}  // namespace

HubPoller::HubPoller(HubOptions hub, const PollOptions& options, ArmClient& arm, const ArmCaller& caller,
                     Fleet& fleet, Ledger& ledger, const Clock& clock)
    : hub_(std::move(hub)),
      options_(options),
      arm_(arm),
      caller_(caller),
      fleet_(fleet),
      ledger_(ledger),
      clock_(clock),
      look_up_at_(clock.steady_now()) {
  known_.id = hub_.id;
  known_.expect = hub_.expect;
  known_.totals = ledger_.totals(hub_.id);
  for (const auto& [type, name] : kJobTypeNames) {
    known_.types_seen.at(static_cast<std::size_t>(type)) = known_.totals->of(type).seen;
  }
  publish();
}

std::chrono::milliseconds HubPoller::budget() const {
  return std::max(hub_.interval, options_.request_timeout);
}

PollReport HubPoller::poll(const std::stop_token& stop, std::optional<SteadyTime> give_up_at) {
  UnderWay poll = std::exchange(under_way_, std::nullopt)
                      .value_or(UnderWay{.began = clock_.wall_now(),
                                         .began_tick = clock_.steady_now(),
                                         .throttled = {},
                                         .lookup_error = {}});
  const SteadyTime last_moment = give_up_at.value_or(poll.began_tick + budget());
  PollReport report;
  auto jobs = read(poll, last_moment, stop);
  report.took = std::chrono::duration_cast<std::chrono::microseconds>(clock_.steady_now() - poll.began_tick);
  if (!jobs && jobs.error().kind == ErrorKind::cancelled) {
    report.error = std::move(jobs.error());
    return report;
  }
  if (const auto at = jobs ? std::nullopt : may_go_on_at(jobs.error()); at && *at < last_moment) {
    report.resume_at = at;
    poll.throttled = std::move(jobs.error());
    under_way_ = std::move(poll);
    return report;
  }
  ++known_.polls.polls;
  known_.polls.last_duration = report.took;
  known_.polls.up = jobs.has_value();
  if (jobs) {
    accept(std::move(*jobs), std::move(poll), report);
  } else {
    note_failure(std::move(jobs.error()), report);
  }
  if (known_.jobs) {
    report.jobs = known_.jobs->jobs.size();
    report.active =
        std::ranges::any_of(known_.jobs->jobs, [](const Job& job) { return is_active(job.status); });
  }
  publish();
  return report;
}

Result<JobList> HubPoller::read(UnderWay& poll, SteadyTime give_up_at, const std::stop_token& stop) {
  if (poll.throttled && clock_.steady_now() >= give_up_at) {
    return fail(*poll.throttled);
  }
  const CallLimits limits{.deadline = poll.began_tick + budget(), .stop = stop};
  return look_up_hub(limits, poll).and_then([&] { return read_jobs(limits); });
}

// Nothing if it failed for another reason than that ARM, or Entra ID, throttles.
std::optional<SteadyTime> HubPoller::may_go_on_at(const Error& error) const {
  if (error.kind != ErrorKind::throttled) {
    return std::nullopt;
  }
  const SteadyTime now = clock_.steady_now();
  const SteadyTime pause = caller_.reads.paused_until();
  if (pause > now) {
    return pause;
  }
  return error.retry_after ? std::optional(now + *error.retry_after) : std::nullopt;
}

Result<void> HubPoller::look_up_hub(const CallLimits& limits, UnderWay& poll) {
  const SteadyTime now = clock_.steady_now();
  if (now < look_up_at_) {
    return {};
  }
  auto hub = arm_.get_hub(hub_.id, caller_, limits);
  if (hub) {
    known_.hub = std::move(*hub);
    look_up_at_ = is_active(*known_.hub) ? now + options_.discovery_interval : now;
    lookup_failure_.reset();
    return {};
  }
  // While the hub was not active when last read, its jobs are not asked for either: this is all that the poll
  // asks.
  const bool is_whole_poll = known_.hub && !is_active(*known_.hub);
  if (is_whole_poll || !can_do_without(hub.error().kind)) {
    return fail(std::move(hub.error()));
  }
  look_up_at_ = now + options_.discovery_interval;
  if (lookup_failure_ != hub.error().kind) {
    lookup_failure_ = hub.error().kind;
    poll.lookup_error = std::move(hub.error());
  }
  return {};
}

Result<JobList> HubPoller::read_jobs(const CallLimits& limits) {
  if (known_.hub && !is_active(*known_.hub)) {
    return JobList{};  // such a hub answers 409, or not at all
  }
  return hub_.jobs.empty() ? read_list(limits) : read_watched(limits);
}

Result<JobList> HubPoller::read_list(const CallLimits& limits) {
  auto list = arm_.list_jobs(hub_.id, caller_, limits);
  if (list) {
    drop_repeated_ids(list->jobs);
  }
  return list;
}

Result<JobList> HubPoller::read_watched(const CallLimits& limits) {
  JobList list;
  const std::uint64_t this_poll = known_.polls.polls + 1;
  for (const std::string& id : hub_.jobs) {
    WatchedJob& watched = watched_[id];
    const SteadyTime now = clock_.steady_now();
    const bool ended = watched.job && is_final(watched.job->job.status);
    const bool rests = ended && now < watched.ask_again_at;
    if (!rests && watched.read_by != this_poll) {
      auto job = arm_.get_job(hub_.id, id, caller_, limits);
      if (!job) {
        return fail(std::move(job.error()));
      }
      watched = {.job = std::move(*job), .ask_again_at = now + rest_of_ended_jobs(), .read_by = this_poll};
    }
    if (watched.job) {
      list.jobs.push_back(watched.job->job);
      std::ranges::copy(watched.job->oddities, std::back_inserter(list.oddities));
    }
  }
  return list;
}

void HubPoller::accept(JobList list, UnderWay poll, PollReport& report) {
  report.lookup_error = std::move(poll.lookup_error);
  report.changed = std::exchange(is_failure_reported_, false);
  report.rest_until = rest_until();
  report.oddities = unreported(std::move(list.oddities));
  failure_.reset();
  known_.polls.last_success = poll.began;
  known_.polls.last_success_tick = poll.began_tick;
  if (known_.hub && !is_active(*known_.hub)) {
    known_.jobs.reset();
    return;
  }
  auto jobs = std::make_shared<HubJobs>();
  jobs->jobs = std::move(list.jobs);
  jobs->read_at = poll.began;
  for (const std::string& id : hub_.jobs) {
    jobs->watched.push_back({.id = id, .found = watched_.at(id).job.has_value()});
  }
  for (const Job& job : jobs->jobs) {
    known_.types_seen.at(static_cast<std::size_t>(job.type)) = true;
  }
  known_.totals = ledger_.enter(hub_.id, *jobs, poll.began_tick);
  known_.jobs = std::move(jobs);
}

void HubPoller::note_failure(Error error, PollReport& report) {
  const Failure failure{.kind = error.kind, .is_told = error.is_told};
  report.changed = failure_ != failure && !error.is_told;
  is_failure_reported_ = is_failure_reported_ || report.changed;
  failure_ = failure;
  if (error.kind == ErrorKind::bad_response) {
    look_up_at_ =
        clock_.steady_now();  // perhaps the hub is no longer active: then there is no use in asking for jobs
  }
  ++known_.polls.errors.at(poll_error_index(error.kind));
  report.error = std::move(error);
}

// Never so long that the hub's data would grow stale meanwhile.
std::chrono::milliseconds HubPoller::rest_of_ended_jobs() const {
  return std::min(options_.discovery_interval,
                  std::max(options_.stale_after - 2 * hub_.interval, hub_.interval));
}

// When there is something to ask again, if all jobs that are named have ended.
std::optional<SteadyTime> HubPoller::rest_until() const {
  SteadyTime earliest = SteadyTime::max();
  for (const auto& [id, watched] : watched_) {
    if (!watched.job || !is_final(watched.job->job.status)) {
      return std::nullopt;
    }
    earliest = std::min(earliest, watched.ask_again_at);
  }
  return watched_.empty() ? std::nullopt : std::optional(earliest);
}

void HubPoller::publish() const {
  fleet_.publish(std::make_shared<const HubSnapshot>(known_));
}

std::vector<Oddity> HubPoller::unreported(std::vector<Oddity> found) {
  std::set<std::string> keys;
  std::vector<Oddity> fresh;
  for (Oddity& oddity : found) {
    const auto key = oddity.job_id + '\n' + std::string(oddity.member) + '\n' + oddity.problem;
    if (keys.insert(key).second && !reported_.contains(key)) {
      fresh.push_back(std::move(oddity));
    }
  }
  if (reported_.size() >= kOdditiesRemembered) {
    reported_.clear();
  }
  reported_.merge(keys);
  return fresh;
}

}  // namespace iothub

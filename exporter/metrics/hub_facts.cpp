#include "metrics/hub_facts.hpp"

#include <algorithm>
#include <utility>

namespace iothub {

namespace {

bool always_shown(JobType type) {
  return type == JobType::export_devices || type == JobType::import_devices;
}

void add_job(TypeFacts& facts, const Job& job) {
  const auto status = static_cast<std::size_t>(job.status);
  ++facts.count.at(status);
  if (job.start) {
    facts.newest_start = std::max(facts.newest_start.value_or(*job.start), *job.start);
    auto& oldest = facts.oldest_start.at(status);
    oldest = std::min(oldest.value_or(*job.start), *job.start);
  }
  const Job*& newest = facts.newest_ended.at(status);
  if (is_final(job.status) && job.ended_at() && (newest == nullptr || newest->ended_at() < job.ended_at())) {
    newest = &job;
  }
}

HubFacts facts_of(std::shared_ptr<const HubSnapshot> snapshot, const HubJobs* jobs) {
  HubFacts facts;
  facts.snapshot = std::move(snapshot);
  facts.jobs = jobs;
  for (const auto& [type, name] : kJobTypeNames) {
    const auto index = static_cast<std::size_t>(type);
    facts.types.at(index).shown = always_shown(type) || facts.snapshot->types_seen.at(index);
  }
  if (jobs != nullptr) {
    for (const Job& job : jobs->jobs) {
      add_job(facts.types.at(static_cast<std::size_t>(job.type)), job);
    }
  }
  return facts;
}

// A job that could get series of its own, and where it would go.
struct Candidate {
  const Job* job;
  HubFacts* hub;
};

// Newest first; the id decides between equals, so that equal inputs give equal pages.
bool is_newer(const Candidate& a, const Candidate& b) {
  const WallTime a_start = a.job->start.value_or(WallTime::min());
  const WallTime b_start = b.job->start.value_or(WallTime::min());
  return a_start != b_start ? a_start > b_start : a.job->id < b.job->id;
}

// Until when a listed job is recent enough; forever while it may still change or tells no time.
WallTime recent_until(const Job& job, std::chrono::milliseconds window) {
  const auto last = job.ended_at();
  return is_active(job.status) || !last ? WallTime::max() : *last + window;
}

class DetailChoice {
 public:
  DetailChoice(const JobDetailsOptions& options, WallTime now) : options_(options), now_(now) {}

  void add(HubFacts& hub) {
    if (hub.jobs == nullptr) {
      return;
    }
    if (!hub.jobs->watched.empty()) {  // named by id: always shown, in the order of the configuration
      std::ranges::transform(hub.jobs->jobs, std::back_inserter(hub.details),
                             [](const Job& job) { return &job; });
    } else if (options_.enabled) {
      add_listed(hub);
    }
  }

  // Gives the places to the newest of all hubs. Returns when the first of them has to go.
  WallTime finish() {
    keep_newest(chosen_, options_.max_total);
    std::ranges::sort(chosen_, is_newer);
    WallTime until = WallTime::max();
    for (const Candidate& candidate : chosen_) {
      candidate.hub->details.push_back(candidate.job);
      until = std::min(until, recent_until(*candidate.job, options_.finished_within));
    }
    return until;
  }

 private:
  void add_listed(HubFacts& hub) {
    std::vector<Candidate> recent;
    for (const Job& job : hub.jobs->jobs) {
      if (!job.id.empty() && recent_until(job, options_.finished_within) >= now_) {
        recent.push_back({&job, &hub});
      }
    }
    keep_newest(recent, options_.max_per_hub);
    std::ranges::move(recent, std::back_inserter(chosen_));
  }

  static void keep_newest(std::vector<Candidate>& candidates, std::size_t limit) {
    if (candidates.size() <= limit) {
      return;
    }
    const auto first_dropped = candidates.begin() + static_cast<std::ptrdiff_t>(limit);
    std::ranges::nth_element(candidates, first_dropped, is_newer);
    std::for_each(first_dropped, candidates.end(),
                  [](const Candidate& dropped) { ++dropped.hub->details_dropped; });
    candidates.erase(first_dropped, candidates.end());
  }

  const JobDetailsOptions& options_;
  WallTime now_;
  std::vector<Candidate> chosen_;
};

}  // namespace

FleetFacts collect_facts(const std::vector<std::shared_ptr<const HubSnapshot>>& hubs,
                         const HubFactsOptions& options, WallTime now, SteadyTime now_tick) {
  FleetFacts facts;
  facts.hubs.reserve(hubs.size());  // DetailChoice keeps pointers into it
  DetailChoice details(options.details, now);
  for (const auto& hub : hubs) {
    const HubJobs* jobs = hub->fresh_jobs(now_tick, options.stale_after);
    if (jobs != nullptr) {
      facts.valid_until = std::min(facts.valid_until, *hub->polls.last_success_tick + options.stale_after);
    }
    details.add(facts.hubs.emplace_back(facts_of(hub, jobs)));
  }
  const auto details_last = details.finish() - now;
  if (details_last <
      std::chrono::hours{24}) {  // by then something else has changed; and a far date fits no SteadyTime
    facts.valid_until = std::min<SteadyTime>(facts.valid_until, now_tick + details_last);
  }
  return facts;
}

}  // namespace iothub

#include "metrics/hub_facts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace iothub {

namespace {

bool always_shown(JobType type) {
  return type == JobType::export_devices || type == JobType::import_devices;
}

// An end in the future is a wrong date, which makes a job the newest only among its like: else it would hide
// all failures until then. A day, for clocks may differ.
bool ended_later(const Job& job, const Job& other, WallTime read_at) {
  const WallTime latest = read_at + std::chrono::hours{24};
  const auto rank = [latest](WallTime end) { return std::pair(end <= latest, end); };
  return rank(*job.ended_at()) > rank(*other.ended_at());
}

void add_job(TypeFacts& facts, const Job& job, WallTime read_at) {
  const auto status = static_cast<std::size_t>(job.status);
  ++facts.count.at(status);
  if (job.start) {
    facts.newest_start = std::max(facts.newest_start.value_or(*job.start), *job.start);
    auto& oldest = facts.oldest_start.at(status);
    oldest = std::min(oldest.value_or(*job.start), *job.start);
  }
  const Job*& newest = facts.newest_ended.at(status);
  if (is_final(job.status) && job.ended_at() && (newest == nullptr || ended_later(job, *newest, read_at))) {
    newest = &job;
  }
}

// Newest first; the id decides between equals, so that equal inputs give equal pages.
bool is_newer(const Job* a, const Job* b) {
  const WallTime a_start = a->start.value_or(WallTime::min());
  const WallTime b_start = b->start.value_or(WallTime::min());
  return a_start != b_start ? a_start > b_start : a->id < b->id;
}

// Until when a listed job is recent enough; forever while it may still change or tells no time.
WallTime recent_until(const Job& job, std::chrono::milliseconds window) {
  const auto last = job.ended_at();
  return is_active(job.status) || !last ? WallTime::max() : *last + window;
}

// The listed jobs that may have series of their own, newest first.
std::vector<const Job*> choose_listed(HubFacts& facts, const JobDetailsOptions& options, WallTime now) {
  std::vector<const Job*> chosen;
  for (const Job& job : facts.jobs->jobs) {
    const WallTime until = recent_until(job, options.finished_within);
    if (!job.id.empty() && until >= now) {
      chosen.push_back(&job);
      facts.valid.wall = std::min(facts.valid.wall, until);
    }
  }
  const std::size_t shown = std::min(chosen.size(), options.max_per_hub);
  facts.details_dropped = chosen.size() - shown;
  std::ranges::partial_sort(chosen, chosen.begin() + static_cast<std::ptrdiff_t>(shown), is_newer);
  chosen.resize(shown);
  return chosen;
}

void add_details(HubFacts& facts, const JobDetailsOptions& options, WallTime now) {
  std::vector<const Job*> chosen;
  if (!facts.jobs->watched.empty()) {  // named by id: always shown, in the order of the configuration
    std::ranges::transform(facts.jobs->jobs, std::back_inserter(chosen), [](const Job& job) { return &job; });
  } else if (options.enabled) {
    chosen = choose_listed(facts, options, now);
  }
  facts.details.reserve(chosen.size());
  for (const Job* job : chosen) {
    facts.details.push_back({job, LabelText({{"hub", facts.snapshot->id.name},
                                             {"job_id", job->id},
                                             {"job_type", to_string(job->type)}})});
  }
}

}  // namespace

HubFacts facts_of(std::shared_ptr<const HubSnapshot> snapshot, const HubFactsOptions& options, WallTime now,
                  SteadyTime now_tick) {
  HubFacts facts;
  facts.snapshot = std::move(snapshot);
  facts.jobs = facts.snapshot->fresh_jobs(now_tick, options.stale_after);
  if (const auto& read = facts.snapshot->polls.last_success_tick;
      read && now_tick - *read <= options.stale_after) {
    facts.valid.tick = *read + options.stale_after;
  }
  for (const auto& [type, name] : kJobTypeNames) {
    const auto index = static_cast<std::size_t>(type);
    facts.types.at(index).shown = always_shown(type) || facts.snapshot->types_seen.at(index);
  }
  for (const Expectation& expected : facts.snapshot->expect) {
    TypeFacts& type = facts.types.at(static_cast<std::size_t>(expected.job_type));
    type.shown = true;
    type.expected = true;
  }
  if (facts.jobs != nullptr) {
    for (const Job& job : facts.jobs->jobs) {
      add_job(facts.types.at(static_cast<std::size_t>(job.type)), job, facts.jobs->read_at);
    }
    add_details(facts, options.details, now);
  }
  return facts;
}

std::vector<std::size_t> share_details(const std::vector<std::span<const Job* const>>& details,
                                       std::size_t limit) {
  // A job and the place of its hub, which decides between equals.
  using Candidate = std::pair<const Job*, std::size_t>;
  std::vector<std::size_t> shown(details.size());
  std::size_t all = 0;
  for (std::size_t hub = 0; hub < details.size(); ++hub) {
    shown[hub] = details[hub].size();
    all += details[hub].size();
  }
  if (all <= limit) {
    return shown;
  }
  std::vector<Candidate> candidates;
  candidates.reserve(all);
  for (std::size_t hub = 0; hub < details.size(); ++hub) {
    for (const Job* job : details[hub]) {
      candidates.emplace_back(job, hub);
    }
  }
  const auto first_dropped = candidates.begin() + static_cast<std::ptrdiff_t>(limit);
  std::ranges::nth_element(candidates, first_dropped, [](const Candidate& a, const Candidate& b) {
    const bool newer = is_newer(a.first, b.first);
    return newer || is_newer(b.first, a.first) ? newer : a.second < b.second;
  });
  std::for_each(first_dropped, candidates.end(), [&](const Candidate& dropped) { --shown[dropped.second]; });
  return shown;
}

std::vector<const Job*> shared_details(const HubFacts& facts) {
  std::vector<const Job*> jobs;
  if (facts.jobs != nullptr && facts.jobs->watched.empty()) {
    jobs.reserve(facts.details.size());
    std::ranges::transform(facts.details, std::back_inserter(jobs), &JobDetail::job);
  }
  return jobs;
}

}  // namespace iothub

#include "simulator/life_cycle.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

namespace azure_simulator {
namespace {

constexpr Time kNever = Time::max();

bool takes_the_slot(std::string_view type) {
  return type == "export" || type == "import";
}

bool is_finished(std::string_view status) {
  return status != "enqueued" && status != "running";
}

Duration scaled(Duration duration, double scale) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(duration.count()) / scale)};
}

Duration pick(const DurationRange& range, const SeededRandom& random, const std::string& purpose) {
  const auto span = static_cast<double>((range.to - range.from).count());
  return range.from + Duration{static_cast<std::int64_t>(span * random.fraction(purpose))};
}

Time end_of(const Submission& submission) {
  return is_finished(submission.outcome.status)
             ? submission.at + submission.enqueued_for + submission.runs_for
             : kNever;
}

// One submission of a planned job. Which outcome is due is decided once it is known to be accepted.
struct Candidate {
  Submission submission;
  const std::vector<Outcome>* outcomes = nullptr;
};

Candidate candidate(const PlannedJob& planned, const std::string& name, Time at, double scale,
                    const SeededRandom& random) {
  return {
      .submission = {.id = planned.id.empty() ? random.guid(name) : planned.id,
                     .type = planned.type,
                     .at = at,
                     .enqueued_for = scaled(pick(planned.enqueued_for, random, name + "/enqueued"), scale),
                     .runs_for = scaled(pick(planned.runs_for, random, name + "/runs"), scale),
                     .outcome = {},
                     .parent_job_id = planned.parent_job_id},
      .outcomes = &planned.outcomes};
}

// Before the start a schedule kept its real pace: its history must look as it would have looked.
void add_candidates(const PlannedJob& planned, const std::string& name, const Timeline& timeline, Time now,
                    std::vector<Candidate>& candidates) {
  const Time oldest = now - timeline.retention;
  if (planned.every > Duration{0}) {
    for (std::int64_t back = planned.began_ago / planned.every; back > 0; --back) {
      const Time at = timeline.start - planned.every * back;
      if (at >= oldest) {
        candidates.push_back(candidate(planned, name + "/-" + std::to_string(back), at, 1, timeline.random));
      }
    }
  }
  for (std::int64_t turn = 0;; ++turn) {
    const Time at = timeline.start + scaled(planned.starts_in + planned.every * turn, timeline.scale);
    if (at > now) {
      return;
    }
    if (at >= oldest || planned.every == Duration{0}) {
      candidates.push_back(
          candidate(planned, name + "/" + std::to_string(turn), at, timeline.scale, timeline.random));
    }
    if (planned.every == Duration{0}) {
      return;
    }
  }
}

std::vector<Candidate> candidates_of(const Hub& hub, const std::vector<Submission>& added,
                                     const Timeline& timeline, Time now) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < hub.planned_jobs.size(); ++i) {
    add_candidates(hub.planned_jobs[i], hub.name + "/" + std::to_string(i), timeline, now, candidates);
  }
  for (const Submission& submission : added) {
    if (submission.at <= now) {
      candidates.push_back({.submission = submission, .outcomes = nullptr});
    }
  }
  std::ranges::stable_sort(candidates, {}, [](const Candidate& c) { return c.submission.at; });
  return candidates;
}

Job past_job(const PastJob& past, const Timeline& timeline, const std::string& name) {
  const bool finished = is_finished(past.outcome.status);
  Job job{.id = past.id.empty() ? timeline.random.guid(name) : past.id,
          .type = past.type,
          .status = past.outcome.status,
          .start = timeline.start - past.started_ago,
          .end = std::nullopt,
          .progress = past.outcome.status == "completed" ? 100 : 0,
          .failure_reason = past.outcome.failure_reason,
          .status_message = past.outcome.status_message,
          .parent_job_id = past.parent_job_id};
  if (finished && past.ended_ago) {
    job.end = timeline.start - *past.ended_ago;
  }
  return job;
}

Job job_of(const Submission& submission, Time now) {
  Job job{.id = submission.id,
          .type = submission.type,
          .status = now < submission.at + submission.enqueued_for ? "enqueued" : "running",
          .start = submission.at,
          .end = std::nullopt,
          .progress = 0,
          .failure_reason = {},
          .status_message = {},
          .parent_job_id = submission.parent_job_id};
  const Time end = end_of(submission);
  if (now >= end) {
    job.status = submission.outcome.status;
    job.end = end;
    job.progress = job.status == "completed" ? 100 : 0;
    job.failure_reason = submission.outcome.failure_reason;
    job.status_message = submission.outcome.status_message;
  }
  return job;
}

}  // namespace

std::vector<Job> jobs_at(const Hub& hub, const std::vector<Submission>& added, const Timeline& timeline,
                         Time now) {
  std::vector<Job> jobs;
  Time slot_free_at = Time::min();
  for (std::size_t i = 0; i < hub.past_jobs.size(); ++i) {
    jobs.push_back(past_job(hub.past_jobs[i], timeline, hub.name + "/past/" + std::to_string(i)));
    if (takes_the_slot(jobs.back().type) && !is_finished(jobs.back().status)) {
      slot_free_at = kNever;
    }
  }
  std::map<const std::vector<Outcome>*, std::size_t> accepted;
  for (Candidate& candidate : candidates_of(hub, added, timeline, now)) {
    Submission& submission = candidate.submission;
    const bool needs_slot = takes_the_slot(submission.type);
    if (needs_slot && submission.at < slot_free_at) {
      continue;
    }
    if (candidate.outcomes != nullptr) {
      submission.outcome =
          candidate.outcomes->at(accepted[candidate.outcomes]++ % candidate.outcomes->size());
    }
    if (needs_slot) {
      slot_free_at = end_of(submission);
    }
    jobs.push_back(job_of(submission, now));
  }
  std::erase_if(jobs, [&](const Job& job) { return job.end.value_or(job.start) < now - timeline.retention; });
  std::ranges::stable_sort(jobs, std::ranges::greater{}, &Job::start);
  return jobs;
}

bool has_room_for(std::string_view type, const std::vector<Job>& jobs) {
  return !takes_the_slot(type) || std::ranges::none_of(jobs, [](const Job& job) {
    return takes_the_slot(job.type) && !is_finished(job.status);
  });
}

Submission submit(const PlannedJob& planned, const std::string& id, const Timeline& timeline, Time at) {
  Submission submission = candidate(planned, id, at, timeline.scale, timeline.random).submission;
  submission.id = planned.id.empty() ? id : planned.id;
  submission.outcome = planned.outcomes.front();
  return submission;
}

}  // namespace azure_simulator

#include <algorithm>
#include <array>

#include "simulator/scenario_parts.hpp"

namespace azure_simulator {
namespace {

constexpr std::array<std::string_view, 5> kStatuses{"enqueued", "running", "completed", "failed",
                                                    "cancelled"};

constexpr std::string_view kDefaultFailure = "The job could not access the storage container.";

// What `failure_reason` and `status_message` of the job say holds for each outcome that says nothing itself.
Outcome read_outcome(const YAML::Node& node, const Outcome& fallback, Problems& problems) {
  Outcome outcome = fallback;
  if (node.IsMap()) {
    YamlMap map(node, "an outcome", problems);
    outcome.status = map.required("status");
    map.read("failure_reason", outcome.failure_reason);
    map.read("status_message", outcome.status_message);
    map.finish();
  } else {
    outcome.status = node.IsScalar() ? node.Scalar() : "";
  }
  if (std::ranges::find(kStatuses, outcome.status) == kStatuses.end()) {
    problems.add(node.Mark(),
                 "'" + outcome.status + "' is not one of enqueued, running, completed, failed, cancelled");
  }
  if (outcome.status != "failed") {
    outcome.failure_reason.clear();
  } else if (outcome.failure_reason.empty()) {
    outcome.failure_reason = kDefaultFailure;
  }
  return outcome;
}

Outcome read_texts(YamlMap& map) {
  Outcome outcome;
  map.read("failure_reason", outcome.failure_reason);
  map.read("status_message", outcome.status_message);
  return outcome;
}

void read_past_job(YamlMap& map, Hub& hub) {
  PastJob job;
  map.read("id", job.id);
  map.read("type", job.type);
  map.read("parent_job_id", job.parent_job_id);
  const Outcome texts = read_texts(map);
  const bool by_start = map.has("started_ago");
  const bool by_end = map.has("ended_ago");
  if (const auto status = map.take("status")) {
    job.outcome = read_outcome(*status, texts, map.problems());
  }
  const bool active = job.outcome.status == "enqueued" || job.outcome.status == "running";
  if (active == by_end || by_start == by_end) {
    map.problem(
        "a job of the past needs `ended_ago` if it has ended and `started_ago` if it is still active");
  }
  Duration ended_ago{0};
  Duration duration{0};
  map.read("ended_ago", ended_ago);
  map.read("duration", duration);
  map.read("started_ago", job.started_ago);
  if (by_end) {
    job.ended_ago = ended_ago;
    job.started_ago = ended_ago + duration;
  }
  map.finish();
  hub.past_jobs.push_back(std::move(job));
}

void read_raw_job(YamlMap& map, Hub& hub) {
  const auto node = map.take("raw");
  map.finish();
  if (!node) {
    map.problem("`raw` must be a job object");
    return;
  }
  RawJob job;
  if (node->IsMap()) {
    const YAML::Node id = (*node)["jobId"];
    job.id = id.IsDefined() && id.IsScalar() ? id.Scalar() : "";
  }
  job.json = json_of(*node, map.problems());
  hub.raw_jobs.push_back(std::move(job));
}

}  // namespace

PlannedJob read_planned_job(YamlMap& map) {
  PlannedJob job;
  map.read("id", job.id);
  map.read("type", job.type);
  map.read("parent_job_id", job.parent_job_id);
  map.read("starts_in", job.starts_in);
  map.read("every", job.every);
  map.read("began_ago", job.began_ago);
  map.read("enqueued_for", job.enqueued_for);
  map.read("runs_for", job.runs_for);
  const Outcome texts = read_texts(map);
  const auto one = map.take("outcome");
  const auto several = map.take("outcomes");
  if (one && several) {
    map.problem("a job has either `outcome` or `outcomes`");
  }
  if (one || several) {
    job.outcomes.clear();
  }
  if (one) {
    job.outcomes.push_back(read_outcome(*one, texts, map.problems()));
  }
  if (several && several->IsSequence()) {
    for (const auto& item : *several) {
      job.outcomes.push_back(read_outcome(item, texts, map.problems()));
    }
  }
  if (job.outcomes.empty()) {
    map.problem("`outcomes` must be a list of at least one status");
  }
  return job;
}

void read_job(YamlMap& map, Hub& hub) {
  if (map.has("raw")) {
    read_raw_job(map, hub);
  } else if (map.has("ended_ago") || map.has("started_ago")) {
    read_past_job(map, hub);
  } else if (map.has("every") || map.has("starts_in")) {
    const bool repeats = map.has("every");
    PlannedJob job = read_planned_job(map);
    if (repeats && job.every < Duration{100}) {
      map.problem("`every` must be at least 100ms");
      job.every = Duration{100};
    }
    if (repeats && !job.id.empty()) {
      map.problem("a job that repeats cannot have an `id`");
    }
    map.finish();
    hub.planned_jobs.push_back(std::move(job));
  } else {
    map.problem("a job needs `every`, `starts_in`, `ended_ago`, `started_ago` or `raw`");
  }
}

}  // namespace azure_simulator

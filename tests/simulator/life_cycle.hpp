// What the jobs of a hub look like at a given moment: a pure function of time, without threads or memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/scenario.hpp"
#include "simulator/seeded_random.hpp"

namespace azure_simulator {

struct Job {
  std::string id{};
  std::string type{};
  std::string status{};
  Time start;  // of the submission, as Azure counts
  std::optional<Time> end{};
  int progress = 0;
  std::string failure_reason{};
  std::string status_message{};
  std::string parent_job_id{};
};

// When the simulation began and how fast it runs.
struct Timeline {
  Time start;
  double scale = 1;
  Duration retention{std::chrono::hours{30 * 24}};
  SeededRandom random{""};
};

// A job on its way: what was submitted, when, and how it goes on. Durations are real ones already.
struct Submission {
  std::string id{};
  std::string type{};
  Time at;
  Duration enqueued_for{0};
  Duration runs_for{0};
  Outcome outcome{};
  std::string parent_job_id{};
};

// The jobs of `hub` at `now`, newest first. `added` were submitted by hand, in order of time. A hub has one
// place for import and export jobs: a submission that finds it taken is refused and leaves no trace, as in
// Azure.
std::vector<Job> jobs_at(const Hub& hub, const std::vector<Submission>& added, const Timeline& timeline,
                         Time now);

// Whether a job of that type could be submitted at `now`.
bool has_room_for(std::string_view type, const std::vector<Job>& jobs);

// `planned` submitted by hand at `at`, with `id` unless it brings its own.
Submission submit(const PlannedJob& planned, const std::string& id, const Timeline& timeline, Time at);

}  // namespace azure_simulator

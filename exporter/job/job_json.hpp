// The bytes of ARM's answers to Get Job and List Jobs, read once into values.
//
// A whole valid document or nothing: a cut or damaged answer is an error, never a shorter list of jobs.
// Members that we do not know are ignored, their names are compared regardless of case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "job/job.hpp"

namespace iothub {

// A value in an answer that this version cannot make sense of. The job is kept: a type or status becomes
// `other`, a date or a text is left out.
struct Oddity {
  std::string job_id;
  std::string_view member;  // as Azure spells it: type, status, startTimeUtc, …
  std::string problem;      // what was found, cut to a length that fits a log line

  bool operator==(const Oddity&) const = default;
};

struct JobPage {
  std::vector<Job> jobs;
  std::string next_link;  // empty on the last page; not checked
  std::vector<Oddity> oddities;
};

struct SingleJob {
  Job job;
  std::vector<Oddity> oddities;
};

// Errors (bad_response) tell the byte and the member at which the answer stops making sense: not JSON, not
// UTF-8, nested deeper than 64, no array `value`, an id, type, status or date that is not a text.
[[nodiscard]] Result<JobPage> parse_job_page(std::string_view body);

// As above; the document is one job, with at least one of its members.
[[nodiscard]] Result<SingleJob> parse_job(std::string_view body);

}  // namespace iothub

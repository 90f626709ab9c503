#include "metrics/fleet_families.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "metrics/counted_families.hpp"

namespace iothub {

namespace {

double seconds(std::chrono::duration<double> duration) {
  return duration.count();
}

// Calls `add(type_name, facts)` for each type that is shown.
template <typename Add>
void for_each_type(const HubFacts& hub, const Add& add) {
  if (hub.jobs == nullptr) {
    return;
  }
  for (const auto& [type, name] : kJobTypeNames) {
    const TypeFacts& facts = hub.types.at(static_cast<std::size_t>(type));
    if (facts.shown) {
      add(name, facts);
    }
  }
}

// Calls `add(type_name, status_name, job)` for the newest ended job of each type and final status.
template <typename Add>
void for_each_newest_ended(const HubFacts& hub, const Add& add) {
  for_each_type(hub, [&](std::string_view type_name, const TypeFacts& facts) {
    for (const auto& [status, status_name] : kJobStatusNames) {
      if (const Job* job = facts.newest_ended.at(static_cast<std::size_t>(status)); job != nullptr) {
        add(type_name, status_name, *job);
      }
    }
  });
}

void add_jobs(const Samples& samples, const HubFacts& hub) {
  for_each_type(hub, [&](std::string_view type_name, const TypeFacts& facts) {
    for (const auto& [status, status_name] : kJobStatusNames) {
      const std::size_t count = facts.count.at(static_cast<std::size_t>(status));
      if (status != JobStatus::other ||
          count > 0) {  // zero is a value for Azure's statuses, not for our catch-all
        samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", status_name}},
                    static_cast<double>(count));
      }
    }
  });
}

void add_last_duration(const Samples& samples, const HubFacts& hub) {
  for_each_newest_ended(hub, [&](std::string_view type_name, std::string_view status_name, const Job& job) {
    if (const auto duration = job.duration()) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", status_name}},
                  seconds(*duration));
    }
  });
}

void add_last_end(const Samples& samples, const HubFacts& hub) {
  for_each_newest_ended(hub, [&](std::string_view type_name, std::string_view status_name, const Job& job) {
    samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", status_name}},
                unix_seconds(*job.ended_at()));
  });
}

void add_last_start(const Samples& samples, const HubFacts& hub) {
  for_each_type(hub, [&](std::string_view type_name, const TypeFacts& facts) {
    if (facts.newest_start) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}}, unix_seconds(*facts.newest_start));
    }
  });
}

void add_oldest_active(const Samples& samples, const HubFacts& hub) {
  for_each_type(hub, [&](std::string_view type_name, const TypeFacts& facts) {
    for (const JobStatus status : {JobStatus::enqueued, JobStatus::running}) {
      if (const auto start = facts.oldest_start.at(static_cast<std::size_t>(status))) {
        samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", to_string(status)}},
                    unix_seconds(*start));
      }
    }
  });
}

void add_expected_interval(const Samples& samples, const HubFacts& hub) {
  for (const Expectation& expected : hub.snapshot->expect) {
    if (expected.completed_within) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", to_string(expected.job_type)}},
                  seconds(*expected.completed_within));
    }
  }
}

void add_expected_max_duration(const Samples& samples, const HubFacts& hub) {
  for (const Expectation& expected : hub.snapshot->expect) {
    if (expected.max_duration) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", to_string(expected.job_type)}},
                  seconds(*expected.max_duration));
    }
  }
}

void add_info(const Samples& samples, const HubFacts& hub) {
  const HubId& id = hub.snapshot->id;
  const Hub facts = hub.snapshot->hub.value_or(Hub{});
  samples.add({{"hub", id.name},
               {"subscription_id", id.subscription_id},
               {"resource_group", id.resource_group},
               {"location", facts.location},
               {"sku", facts.sku},
               {"tier", facts.tier}},
              1);
}

void add_active(const Samples& samples, const HubFacts& hub) {
  if (hub.snapshot->hub) {
    samples.add({{"hub", hub_name(hub)}}, is_active(*hub.snapshot->hub) ? 1 : 0);
  }
}

void add_up(const Samples& samples, const HubFacts& hub) {
  if (const auto up = hub.snapshot->polls.up) {
    samples.add({{"hub", hub_name(hub)}}, *up ? 1 : 0);
  }
}

void add_last_success(const Samples& samples, const HubFacts& hub) {
  if (const auto time = hub.snapshot->polls.last_success) {
    samples.add({{"hub", hub_name(hub)}}, unix_seconds(*time));
  }
}

void add_poll_duration(const Samples& samples, const HubFacts& hub) {
  if (const auto duration = hub.snapshot->polls.last_duration) {
    samples.add({{"hub", hub_name(hub)}}, seconds(*duration));
  }
}

void add_polls(const Samples& samples, const HubFacts& hub) {
  samples.add({{"hub", hub_name(hub)}}, static_cast<double>(hub.snapshot->polls.polls));
}

void add_poll_errors(const Samples& samples, const HubFacts& hub) {
  for (std::size_t i = 0; i < kPollErrorReasons.size(); ++i) {
    samples.add({{"hub", hub_name(hub)}, {"reason", to_label(kPollErrorReasons.at(i))}},
                static_cast<double>(hub.snapshot->polls.errors.at(i)));
  }
}

void add_job_status(const Samples& samples, const HubFacts& hub) {
  for (const auto& [job, labels] : hub.details) {
    samples.add(labels, {{"status", to_string(job->status)}}, 1);
  }
}

void add_job_duration(const Samples& samples, const HubFacts& hub) {
  for (const auto& [job, labels] : hub.details) {
    auto duration = job->duration();
    if (!duration && is_active(job->status) && job->start) {
      duration = std::max(hub.jobs->read_at - *job->start, std::chrono::microseconds::zero());
    }
    if (duration) {
      samples.add(labels, {{"status", to_string(job->status)}}, seconds(*duration));
    }
  }
}

void add_job_start(const Samples& samples, const HubFacts& hub) {
  for (const auto& [job, labels] : hub.details) {
    if (job->start) {
      samples.add(labels, {}, unix_seconds(*job->start));
    }
  }
}

void add_job_end(const Samples& samples, const HubFacts& hub) {
  for (const auto& [job, labels] : hub.details) {
    if (job->end) {
      samples.add(labels, {}, unix_seconds(*job->end));
    }
  }
}

void add_job_info(const Samples& samples, const HubFacts& hub) {
  for (const auto& [job, labels] : hub.details) {
    samples.add(labels, {{"parent_job_id", job->parent_id}}, 1);
  }
}

void add_job_found(const Samples& samples, const HubFacts& hub) {
  if (hub.jobs == nullptr) {
    return;
  }
  for (const JobPresence& presence : hub.jobs->watched) {
    samples.add({{"hub", hub_name(hub)}, {"job_id", presence.id}}, presence.found ? 1 : 0);
  }
}

void add_details_dropped(const Samples& samples, const HubFacts& hub) {
  if (hub.jobs != nullptr) {
    samples.add({{"hub", hub_name(hub)}}, static_cast<double>(hub.details_dropped));
  }
}

// Every metric about hubs and jobs is one row here; nothing else changes to add one.
constexpr auto kFamilies = std::to_array<FleetFamily>({
    {{"azure_iothub_jobs", MetricType::gauge, "hub,job_type,status",
      "Jobs known on the hub, as of the last poll. Azure keeps up to 30 days of them."},
     add_jobs},
    {{"azure_iothub_jobs_finished_total", MetricType::counter, "hub,job_type,status",
      "Jobs that were seen to finish, each once. What had finished before the hub's first poll is "
      "not counted."},
     add_finished},
    {{"azure_iothub_job_failures_total", MetricType::counter, "hub,job_type,failure_class",
      "Jobs that were seen to fail, each once, by class of the reason that Azure gives."},
     add_failures},
    {{"azure_iothub_finished_job_duration_seconds", MetricType::histogram, "hub,job_type,status",
      "From startTimeUtc to endTimeUtc of the jobs that were seen to finish, each once, waiting in the queue "
      "included. Jobs that lack one of the dates are missing here."},
     add_finished_duration},
    {{"azure_iothub_job_busy_seconds_total", MetricType::counter, "hub,job_type",
      "Seconds in which at least one job was enqueued or running, by the jobs' own dates; of those that "
      "are not over, as of the last poll."},
     add_busy},
    {{"azure_iothub_last_job_duration_seconds", MetricType::gauge, "hub,job_type,status",
      "From startTimeUtc to endTimeUtc of the newest finished job, waiting in the queue included, as of the "
      "last poll."},
     add_last_duration},
    {{"azure_iothub_last_job_end_timestamp_seconds", MetricType::gauge, "hub,job_type,status",
      "When the newest finished job ended (endTimeUtc; where Azure tells none, when it was seen to "
      "finish, or startTimeUtc if it had finished before), as of the last poll."},
     add_last_end},
    {{"azure_iothub_last_job_start_timestamp_seconds", MetricType::gauge, "hub,job_type",
      "When the newest job was submitted (startTimeUtc), as of the last poll."},
     add_last_start},
    {{"azure_iothub_oldest_active_job_start_timestamp_seconds", MetricType::gauge, "hub,job_type,status",
      "When the oldest enqueued or running job was submitted, as of the last poll. Absent when none is "
      "active."},
     add_oldest_active},
    {{"azure_iothub_expected_job_interval_seconds", MetricType::gauge, "hub,job_type",
      "A job of this type ought to complete at least this often, as configured."},
     add_expected_interval},
    {{"azure_iothub_expected_job_max_duration_seconds", MetricType::gauge, "hub,job_type",
      "No job of this type ought to run longer than this, as configured."},
     add_expected_max_duration},
    {{"azure_iothub_info", MetricType::info, "hub,subscription_id,resource_group,location,sku,tier",
      "Always 1. Location, sku and tier are empty until the hub itself has been read."},
     add_info},
    {{"azure_iothub_active", MetricType::gauge, "hub",
      "Whether the hub's own state is Active (1) or not (0), as of when it was last read."},
     add_active},
    {{"azure_iothub_up", MetricType::gauge, "hub",
      "Whether the hub's last poll succeeded (1) or failed (0)."},
     add_up},
    {{"azure_iothub_last_successful_poll_timestamp_seconds", MetricType::gauge, "hub",
      "When the hub's last successful poll began."},
     add_last_success},
    {{"azure_iothub_last_poll_duration_seconds", MetricType::gauge, "hub",
      "How long the hub's last poll took, whether it succeeded or not."},
     add_poll_duration},
    {{"azure_iothub_polls_total", MetricType::counter, "hub", "Polls of the hub, failed ones included."},
     add_polls},
    {{"azure_iothub_poll_errors_total", MetricType::counter, "hub,reason",
      "Polls of the hub that failed, by reason."},
     add_poll_errors},
    {{"azure_iothub_job_status", MetricType::gauge, "hub,job_id,job_type,status",
      "1 for the status that the job has, as of the last poll; other statuses have no series."},
     add_job_status},
    {{"azure_iothub_job_duration_seconds", MetricType::gauge, "hub,job_id,job_type,status",
      "From startTimeUtc to endTimeUtc; for an enqueued or running job its age at the last poll."},
     add_job_duration},
    {{"azure_iothub_job_start_timestamp_seconds", MetricType::gauge, "hub,job_id,job_type",
      "When the job was submitted (startTimeUtc), as of the last poll."},
     add_job_start},
    {{"azure_iothub_job_end_timestamp_seconds", MetricType::gauge, "hub,job_id,job_type",
      "When the job ended (endTimeUtc), as of the last poll. Absent while it has not."},
     add_job_end},
    {{"azure_iothub_job_info", MetricType::info, "hub,job_id,job_type,parent_job_id", "Always 1."},
     add_job_info},
    {{"azure_iothub_job_found", MetricType::gauge, "hub,job_id",
      "For jobs named in the configuration: 0 if Azure says that there is no such job, as of the last poll."},
     add_job_found},
    {{"azure_iothub_job_details_dropped", MetricType::gauge, "hub",
      "Listed jobs that get no series of their own because of job_details' limits, as of the last poll."},
     add_details_dropped},
});

}  // namespace

std::span<const FleetFamily> fleet_families() {
  return kFamilies;
}

std::vector<MetricRow> fleet_metric_rows() {
  std::vector<MetricRow> rows;
  std::ranges::transform(kFamilies, std::back_inserter(rows), &FleetFamily::row);
  return rows;
}

}  // namespace iothub

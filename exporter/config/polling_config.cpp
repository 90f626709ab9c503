#include <algorithm>

#include "config/sections.hpp"
#include "core/duration.hpp"

namespace iothub {

namespace {

using Duration = Setting<std::chrono::milliseconds>;

// "polling.interval: found 1h, expected at most stale_after, which is 15m", at whichever of the two is
// written down.
void require_order(const Duration& smaller, std::string_view smaller_key, const Duration& larger,
                   std::string_view larger_key) {
  if (!smaller.is_good || !larger.is_good || smaller.value <= larger.value) {
    return;
  }
  const auto which_is = [](const Duration& other) {
    return ", which is " + format_duration(other.value) + (other.source ? "" : " by default");
  };
  if (smaller.source) {
    smaller.source->refuse("at most " + std::string(larger_key) + which_is(larger));
  } else if (larger.source) {
    larger.source->refuse("at least " + std::string(smaller_key) + which_is(smaller));
  }
}

}  // namespace

void require_a_second(const Setting<std::chrono::milliseconds>& interval) {
  if (interval.is_given() && interval.value < std::chrono::seconds{1}) {
    interval.source->refuse("at least 1s, for every poll is a request to Azure");
  }
}

PollingConfig read_polling(const Value& value) {
  const Section section(value, keys::kPolling);
  const HubOptions hub;
  const HttpOptions http;
  PollingConfig polling{
      .poll = {},
      .interval = section.duration("interval", hub.interval),
      .active_interval = section.duration("active_interval", hub.active_interval),
      .stale_after = section.duration("stale_after", PollOptions{}.stale_after),
  };
  auto connect = section.duration("connect_timeout", http.connect_timeout);
  const auto request = section.duration("request_timeout", http.request_timeout);
  if (!polling.active_interval.source) {
    polling.active_interval.value = std::min(polling.active_interval.value, polling.interval.value);
  }
  if (!connect.source) {
    connect.value = std::min(connect.value, request.value);
  }
  require_a_second(polling.interval);
  require_a_second(polling.active_interval);
  require_order(polling.active_interval, "active_interval", polling.interval, "interval");
  require_order(polling.interval, "interval", polling.stale_after, "stale_after");
  require_order(connect, "connect_timeout", request, "request_timeout");
  polling.connect_timeout = connect.value;
  polling.request_timeout = request.value;
  polling.poll.request_timeout = request.value;
  polling.poll.discovery_interval =
      section.duration("discovery_interval", polling.poll.discovery_interval).value;
  polling.poll.concurrency = section.whole_number("concurrency", polling.poll.concurrency, 1, 1000).value;
  polling.poll.stale_after = polling.stale_after.value;
  ReadAllowanceOptions& reads = polling.poll.reads;
  reads.per_second = static_cast<double>(
      section.whole_number("reads_per_second", static_cast<std::size_t>(reads.per_second), 1, 10'000).value);
  reads.burst = static_cast<std::int64_t>(
      section.whole_number("read_burst", static_cast<std::size_t>(reads.burst), 1, 100'000).value);
  return polling;
}

JobDetailsOptions read_job_details(const Value& value) {
  const Section section(value, keys::kJobDetails);
  JobDetailsOptions options;
  options.enabled =
      section.read("enabled", options.enabled, [](const Value& flag) { return flag.flag(); }).value;
  options.finished_within = section.duration("finished_within", options.finished_within, Zero::allowed).value;
  options.max_per_hub = section.whole_number("max_per_hub", options.max_per_hub, 1, 1'000'000).value;
  options.max_total = section.whole_number("max_total", options.max_total, 1, 1'000'000).value;
  return options;
}

}  // namespace iothub

#include "metrics/exporter_metrics.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "metrics/process_metrics.hpp"

namespace iothub {

namespace {

enum class Row : std::uint8_t {
  api_request_duration,
  api_requests,
  api_retries,
  api_throttled,
  build_info,
  config_reload_time,
  config_reload_successful,
  http_requests_in_flight,
  http_requests,
  hubs,
  log_messages,
  ratelimit_observed,
  ratelimit_remaining,
  scheduler_lag,
  storage_errors,
  storage_up,
  token_expiry,
  token_refresh_errors,
  unknown_values,
};

// In the order of `Row` and of the page, which is that of the names.
constexpr auto kRows = std::to_array<MetricRow>({
    {"iothub_job_exporter_api_request_duration_seconds", MetricType::histogram, "api",
     "How long requests to Azure took, failed ones included."},
    {"iothub_job_exporter_api_requests_total", MetricType::counter, "api,code",
     "Requests to Azure by HTTP status, or by what went wrong when there was no answer."},
    {"iothub_job_exporter_api_retries_total", MetricType::counter, "api",
     "Requests to Azure that were sent again because the one before failed for a moment."},
    {"iothub_job_exporter_api_throttled_total", MetricType::counter, "api",
     "Requests that Azure answered with 429."},
    {"iothub_job_exporter_build_info", MetricType::info, "version,revision,compiler", "Always 1."},
    {"iothub_job_exporter_config_last_reload_success_timestamp_seconds", MetricType::gauge, "",
     "When the configuration was last read successfully."},
    {"iothub_job_exporter_config_last_reload_successful", MetricType::gauge, "",
     "Whether the last attempt to read the configuration succeeded."},
    {"iothub_job_exporter_http_requests_in_flight", MetricType::gauge, "",
     "Answers that are being written, other than this one."},
    {"iothub_job_exporter_http_requests_total", MetricType::counter, "handler,code",
     "Requests served, by page."},
    {"iothub_job_exporter_hubs", MetricType::gauge, "state",
     "Hubs: all that are watched (owned), those whose last poll failed (failing), those whose job series "
     "were "
     "withdrawn because their last good poll is too old (withdrawn)."},
    {"iothub_job_exporter_log_messages_total", MetricType::counter, "level", "Log messages, by level."},
    {"iothub_job_exporter_ratelimit_observed_timestamp_seconds", MetricType::gauge, "subscription_id,scope",
     "When Azure last said how many requests it still allows."},
    {"iothub_job_exporter_ratelimit_remaining", MetricType::gauge, "subscription_id,scope",
     "How many more requests Azure allowed when it last said so. Not monotonic: its instances count by "
     "themselves."},
    {"iothub_job_exporter_scheduler_lag_seconds", MetricType::gauge, "",
     "By how much the poll that has waited longest is late."},
    {"iothub_job_exporter_storage_errors_total", MetricType::counter, "",
     "Attempts to write the ledger of finished jobs that failed. Absent without --storage.path."},
    {"iothub_job_exporter_storage_up", MetricType::gauge, "",
     "Whether the ledger of finished jobs could be written the last time (1); while it cannot (0), a restart "
     "loses what has been counted since. Absent without --storage.path."},
    {"iothub_job_exporter_token_expiry_timestamp_seconds", MetricType::gauge, "credential",
     "When the credential's current token expires."},
    {"iothub_job_exporter_token_refresh_errors_total", MetricType::counter, "credential",
     "Token requests that failed."},
    {"iothub_job_exporter_unknown_values_total", MetricType::counter, "field",
     "Values in jobs that this version does not know or cannot read, each once, by Azure's member name."},
});

constexpr const MetricRow& row(Row which) {
  return kRows.at(static_cast<std::size_t>(which));
}

const prometheus::Histogram::BucketBoundaries kLatencyBuckets{0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                              1,    2.5,   5,    10,  30};

// Fields that have a zero from the start; further ones appear when they are first seen.
constexpr std::array<std::string_view, 4> kUnknownFields{"type", "status", "startTimeUtc", "endTimeUtc"};

prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry, Row which) {
  const MetricRow& metric = row(which);
  return prometheus::BuildCounter()
      .Name(std::string(metric.name))
      .Help(std::string(metric.help))
      .Register(registry);
}

prometheus::Family<prometheus::Gauge>& gauge(prometheus::Registry& registry, Row which) {
  const MetricRow& metric = row(which);
  return prometheus::BuildGauge()
      .Name(std::string(metric.name))
      .Help(std::string(metric.help))
      .Register(registry);
}

prometheus::Family<prometheus::Histogram>& histogram(prometheus::Registry& registry, Row which) {
  const MetricRow& metric = row(which);
  return prometheus::BuildHistogram()
      .Name(std::string(metric.name))
      .Help(std::string(metric.help))
      .Register(registry);
}

void write_labels(TextWriter& out, const prometheus::ClientMetric& metric) {
  for (const auto& label : metric.label) {
    out.label(label.name, label.value);
  }
}

void write_histogram(TextWriter& out, const std::string& name, const prometheus::ClientMetric& metric) {
  for (const auto& bucket : metric.histogram.bucket) {
    out.begin_sample(name + "_bucket");
    write_labels(out, metric);
    out.label("le", format_bound(bucket.upper_bound));
    out.end_sample(static_cast<double>(bucket.cumulative_count));
  }
  out.begin_sample(name + "_sum");
  write_labels(out, metric);
  out.end_sample(metric.histogram.sample_sum);
  out.begin_sample(name + "_count");
  write_labels(out, metric);
  out.end_sample(static_cast<double>(metric.histogram.sample_count));
}

// The library keeps series in the order of their hashes; ours is that of the labels.
void write_family(TextWriter& out, const MetricRow& which, prometheus::MetricFamily family) {
  std::ranges::sort(family.metric, {}, [](const prometheus::ClientMetric& metric) {
    std::vector<std::string> values;
    std::ranges::transform(metric.label, std::back_inserter(values), &prometheus::ClientMetric::Label::value);
    return values;
  });
  out.family(which.name, which.type, which.help);
  for (const auto& metric : family.metric) {
    if (which.type == MetricType::histogram) {
      write_histogram(out, family.name, metric);
      continue;
    }
    out.begin_sample(which.name);
    write_labels(out, metric);
    out.end_sample(which.type == MetricType::counter ? metric.counter.value : metric.gauge.value);
  }
}

void write_hubs(TextWriter& out, const FleetCounts& hubs) {
  out.family(row(Row::hubs).name, row(Row::hubs).type, row(Row::hubs).help);
  for (const auto& [state, count] : {std::pair<std::string_view, std::size_t>{"failing", hubs.failing},
                                     {"owned", hubs.owned},
                                     {"withdrawn", hubs.withdrawn}}) {
    out.sample(row(Row::hubs).name, {{"state", state}}, static_cast<double>(count));
  }
}

void write_log_messages(TextWriter& out, const ExporterReadings& readings) {
  if (!readings.log_messages) {
    return;
  }
  const MetricRow& metric = row(Row::log_messages);
  out.family(metric.name, metric.type, metric.help);
  for (const LogLevel level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error}) {
    out.sample(metric.name, {{"level", to_string(level)}}, static_cast<double>(readings.log_messages(level)));
  }
}

void write_single(TextWriter& out, const MetricRow& metric, double value) {
  out.family(metric.name, metric.type, metric.help);
  out.sample(metric.name, {}, value);
}

// A family that is not counted here but read where it lives.
void write_reading(TextWriter& out, const MetricRow& metric, const ExporterReadings& readings) {
  const auto is = [&metric](Row which) { return &metric == &row(which); };
  if (is(Row::http_requests_in_flight)) {
    write_single(out, metric, static_cast<double>(readings.http_requests_in_flight));
  } else if (is(Row::hubs)) {
    write_hubs(out, readings.hubs);
  } else if (is(Row::log_messages)) {
    write_log_messages(out, readings);
  } else if (is(Row::scheduler_lag)) {
    write_single(out, metric, readings.scheduler_lag.count());
  } else if (is(Row::storage_errors) && readings.storage) {
    write_single(out, metric, static_cast<double>(readings.storage->errors));
  } else if (is(Row::storage_up) && readings.storage) {
    write_single(out, metric, readings.storage->up ? 1 : 0);
  }
}

}  // namespace

struct ExporterMetrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Histogram>& api_request_duration =
      histogram(registry, Row::api_request_duration);
  prometheus::Family<prometheus::Counter>& api_requests = counter(registry, Row::api_requests);
  prometheus::Family<prometheus::Counter>& api_retries = counter(registry, Row::api_retries);
  prometheus::Family<prometheus::Counter>& api_throttled = counter(registry, Row::api_throttled);
  prometheus::Family<prometheus::Counter>& http_requests = counter(registry, Row::http_requests);
  prometheus::Family<prometheus::Gauge>& ratelimit_observed = gauge(registry, Row::ratelimit_observed);
  prometheus::Family<prometheus::Gauge>& ratelimit_remaining = gauge(registry, Row::ratelimit_remaining);
  prometheus::Family<prometheus::Gauge>& token_expiry = gauge(registry, Row::token_expiry);
  prometheus::Family<prometheus::Counter>& token_refresh_errors =
      counter(registry, Row::token_refresh_errors);
  prometheus::Family<prometheus::Counter>& unknown_values = counter(registry, Row::unknown_values);
};

ExporterMetrics::ExporterMetrics(const BuildInfo& build, WallTime configured_at)
    : families_(std::make_unique<Families>()) {
  gauge(families_->registry, Row::build_info)
      .Add({{"version", std::string(build.version)},
            {"revision", std::string(build.revision)},
            {"compiler", std::string(build.compiler)}})
      .Set(1);
  gauge(families_->registry, Row::config_reload_successful).Add({}).Set(1);
  gauge(families_->registry, Row::config_reload_time).Add({}).Set(unix_seconds(configured_at));
  for (const std::string_view api : {"get_hub", "get_job", "list_jobs", "token"}) {
    families_->api_retries.Add({{"api", std::string(api)}});
    families_->api_throttled.Add({{"api", std::string(api)}});
    families_->api_request_duration.Add({{"api", std::string(api)}}, kLatencyBuckets);
  }
  for (const std::string_view field : kUnknownFields) {
    families_->unknown_values.Add({{"field", std::string(field)}});
  }
}

ExporterMetrics::~ExporterMetrics() = default;

void ExporterMetrics::api_request(std::string_view api, std::string_view code,
                                  std::chrono::duration<double> took) {
  families_->api_requests.Add({{"api", std::string(api)}, {"code", std::string(code)}}).Increment();
  families_->api_request_duration.Add({{"api", std::string(api)}}, kLatencyBuckets).Observe(took.count());
  if (code == "429") {
    families_->api_throttled.Add({{"api", std::string(api)}}).Increment();
  }
}

void ExporterMetrics::api_retry(std::string_view api) {
  families_->api_retries.Add({{"api", std::string(api)}}).Increment();
}

void ExporterMetrics::quota(std::string_view subscription_id, std::string_view scope, std::int64_t remaining,
                            WallTime now) {
  const prometheus::Labels labels{{"subscription_id", std::string(subscription_id)},
                                  {"scope", std::string(scope)}};
  families_->ratelimit_remaining.Add(labels).Set(static_cast<double>(remaining));
  families_->ratelimit_observed.Add(labels).Set(unix_seconds(now));
}

void ExporterMetrics::token(std::string_view credential, std::optional<WallTime> expires_at) {
  auto& errors = families_->token_refresh_errors.Add({{"credential", std::string(credential)}});
  if (expires_at) {
    families_->token_expiry.Add({{"credential", std::string(credential)}}).Set(unix_seconds(*expires_at));
  } else {
    errors.Increment();
  }
}

void ExporterMetrics::unknown_value(std::string_view field) {
  families_->unknown_values.Add({{"field", std::string(field)}}).Increment();
}

void ExporterMetrics::http_request(std::string_view handler, int code) {
  families_->http_requests.Add({{"handler", std::string(handler)}, {"code", std::to_string(code)}})
      .Increment();
}

std::string ExporterMetrics::render(const ExporterReadings& readings, Format format) const {
  std::map<std::string, prometheus::MetricFamily> collected;
  for (auto& family : families_->registry.Collect()) {
    const std::string name = family.name;
    collected.emplace(name, std::move(family));
  }
  TextWriter out(format);
  for (const MetricRow& metric : kRows) {
    if (const auto found = collected.find(std::string(metric.name)); found != collected.end()) {
      if (!found->second.metric.empty()) {
        write_family(out, metric, std::move(found->second));
      }
    } else {
      write_reading(out, metric, readings);
    }
  }
  render_process(out);
  return out.take();
}

std::vector<MetricRow> exporter_metric_rows() {
  std::vector<MetricRow> rows(kRows.begin(), kRows.end());
  std::ranges::copy(process_metric_rows(), std::back_inserter(rows));
  return rows;
}

}  // namespace iothub

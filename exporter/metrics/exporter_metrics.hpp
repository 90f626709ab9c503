// The exporter's metrics about itself: counted where things happen, or read off when the page is asked for.
//
// May be used from several threads at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "exposition/text_writer.hpp"
#include "fleet/fleet.hpp"
#include "fleet/ledger.hpp"
#include "metrics/metric_row.hpp"

namespace iothub {

struct BuildInfo {
  std::string_view version;
  std::string_view revision;
  std::string_view compiler;
};

// What is read off at the moment of a scrape.
struct ExporterReadings {
  FleetCounts hubs;
  std::chrono::duration<double> scheduler_lag{0};
  std::size_t http_requests_in_flight = 0;
  std::function<std::uint64_t(LogLevel)> log_messages;
  std::optional<LedgerStorage> storage = std::nullopt;  // nothing without --storage.path
};

class ExporterMetrics {
 public:
  ExporterMetrics(const BuildInfo& build, WallTime configured_at);
  ExporterMetrics(const ExporterMetrics&) = delete;
  ExporterMetrics& operator=(const ExporterMetrics&) = delete;
  ~ExporterMetrics();

  // A request to Azure ended; `code` is its HTTP status or the kind of its error.
  void api_request(std::string_view api, std::string_view code, std::chrono::duration<double> took);

  // A request to Azure is about to be sent again.
  void api_retry(std::string_view api);

  // ARM said how many more reads it allows.
  void quota(std::string_view subscription_id, std::string_view scope, std::int64_t remaining, WallTime now);

  // A token was fetched, or could not be.
  void token(std::string_view credential, std::optional<WallTime> expires_at);

  // A job had a value that this version does not know; `field` is one of Azure's member names.
  void unknown_value(std::string_view field);

  // A page was served. `handler` is one of ours, never a path.
  void http_request(std::string_view handler, int code);

  // All of them, the process' own included.
  [[nodiscard]] std::string render(const ExporterReadings& readings, Format format) const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

// For documentation and its test.
std::vector<MetricRow> exporter_metric_rows();

}  // namespace iothub

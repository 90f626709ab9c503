// What the layers tell of their work, as metrics and log lines. Each of these is handed to the layer that it
// observes; references must outlive them.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "auth/token_cache.hpp"
#include "azure/arm_client.hpp"
#include "azure/read_allowance.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "http/observed_client.hpp"
#include "metrics/exporter_metrics.hpp"

namespace iothub {

class Telemetry {
 public:
  Telemetry(ExporterMetrics& metrics, Log& log, const Clock& clock);
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;
  ~Telemetry() = default;

  // A line when our clock goes wrong by more than a minute, and one when it is right again; not more often
  // than every ten minutes, for Azure's own clocks may disagree.
  void on_request(const RequestObservation& request);

  void on_quota(const QuotaReading& quota);

  // A line when throttling begins, and after each ten minutes of it; the hubs that wait say nothing.
  void on_pause(const ReadPause& pause);

  // A line when a credential begins to work, fails in another way than before, or works again.
  void on_token(const TokenEvent& event);

 private:
  // How a credential's last fetch ended: nothing if well, else of what cause and whether a token is left.
  using Outcome = std::optional<std::pair<std::string, bool>>;

  ExporterMetrics& metrics_;
  Log& log_;
  const Clock& clock_;

  std::mutex mutex_;
  bool is_clock_wrong_ = false;
  SteadyTime quiet_about_clock_until_ = SteadyTime::min();
  std::map<std::pair<std::string, std::string>, SteadyTime>
      quiet_about_pauses_until_;             // by subscription, credential
  std::map<std::string, Outcome> outcomes_;  // by credential
};

}  // namespace iothub

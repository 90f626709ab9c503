#include "main/telemetry.hpp"

#include <chrono>

#include "core/duration.hpp"

namespace iothub {

namespace {

// Entra ID takes assertions that are off by five minutes; tokens and job ages suffer earlier.
constexpr std::chrono::seconds kLargestSkew{60};
constexpr std::chrono::seconds kSkewOfARightClock{30};

constexpr std::chrono::minutes kQuiet{10};  // between two lines about what comes and goes

}  // namespace

Telemetry::Telemetry(ExporterMetrics& metrics, Log& log, const Clock& clock)
    : metrics_(metrics), log_(log), clock_(clock) {}

void Telemetry::on_request(const RequestObservation& request) {
  metrics_.api_request(request.api, request.code, request.took);
  if (!request.clock_skew) {
    return;
  }
  const std::chrono::seconds skew = *request.clock_skew;
  bool is_wrong = false;
  {
    const std::scoped_lock lock(mutex_);
    const SteadyTime now = clock_.steady_now();
    is_wrong = std::chrono::abs(skew) > (is_clock_wrong_ ? kSkewOfARightClock : kLargestSkew);
    if (is_wrong == is_clock_wrong_ || now < quiet_about_clock_until_) {
      return;
    }
    is_clock_wrong_ = is_wrong;
    quiet_about_clock_until_ = now + kQuiet;
  }
  if (is_wrong) {
    log_.warn(skew.count() > 0 ? "the clock is ahead of Azure's" : "the clock is behind Azure's",
              {{"by", format_duration(std::chrono::abs(skew))}});
  } else {
    log_.info("the clock agrees with Azure's again");
  }
}

void Telemetry::on_quota(const QuotaReading& quota) {
  metrics_.quota(quota.subscription_id, quota.scope, quota.remaining, clock_.wall_now());
}

void Telemetry::on_pause(const ReadPause& pause) {
  {
    const std::scoped_lock lock(mutex_);
    const SteadyTime now = clock_.steady_now();
    SteadyTime& quiet_until =
        quiet_about_pauses_until_.try_emplace({pause.subscription_id, pause.credential}, now).first->second;
    if (now < quiet_until) {
      return;
    }
    quiet_until = now + kQuiet;
  }
  log_.warn("Azure Resource Manager throttles, its hubs wait", {{"subscription", pause.subscription_id},
                                                                {"credential", pause.credential},
                                                                {"pause", format_duration(pause.length)}});
}

void Telemetry::on_token(const TokenEvent& event) {
  metrics_.token(event.credential, event.expires_at);
  const Outcome now = event.error
                          ? Outcome(std::pair(std::string(event.error->cause()), event.old_token_serves))
                          : std::nullopt;
  {
    const std::scoped_lock lock(mutex_);
    const auto [known, is_first] = outcomes_.try_emplace(event.credential, now);
    if (!is_first && std::exchange(known->second, now) == now) {
      return;
    }
  }
  if (!event.error) {
    log_.info("logged in", {{"credential", event.credential}, {"method", std::string(event.method)}});
  } else if (event.old_token_serves) {
    log_.warn("token could not be renewed, the old one still serves",
              {{"credential", event.credential}, {"err", event.error->message}});
  } else {
    log_.warn("no token, so the hubs of this credential cannot be polled",
              {{"credential", event.credential},
               {"reason", std::string(poll_error_reason(event.error->kind))},
               {"err", event.error->message}});
  }
}

}  // namespace iothub

// The composition root: makes the parts, hands each what it needs, waits for a signal. Nothing else knows all
// layers, the real clock or the environment.
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

#include "auth/make_credential.hpp"
#include "auth/token_cache.hpp"
#include "azure/arm_client.hpp"
#include "azure/read_allowance.hpp"
#include "config/config_loader.hpp"
#include "core/stderr_log.hpp"
#include "core/system_clock.hpp"
#include "exposition/page.hpp"
#include "fleet/fleet.hpp"
#include "fleet/ledger.hpp"
#include "http/curl_client.hpp"
#include "http/observed_client.hpp"
#include "http/retrying_client.hpp"
#include "main/flags.hpp"
#include "main/healthcheck.hpp"
#include "main/live_check.hpp"
#include "main/signals.hpp"
#include "main/telemetry.hpp"
#include "main/version.hpp"
#include "metrics/exporter_metrics.hpp"
#include "metrics/fleet_page.hpp"
#include "poll/hub_poller.hpp"
#include "poll/scheduler.hpp"
#include "web/server.hpp"
#include "web/site.hpp"

namespace iothub {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitAddressInUse = 3;

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): before the first thread
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// In [0, 1), for any thread.
double random_fraction() {
  thread_local std::mt19937_64 engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

HttpOptions with_user_agent(HttpOptions options) {
  options.user_agent = "iothub_job_exporter/" + std::string(kVersion);
  return options;
}

using TokenCaches = std::map<std::string, std::unique_ptr<TokenCache>>;

TokenCaches make_token_caches(const Config& config, HttpClient& http, const Clock& clock,
                              Telemetry& telemetry) {
  TokenCaches caches;
  for (const CredentialOptions& options : config.credentials) {
    caches[options.name] =
        std::make_unique<TokenCache>(options.name, make_credential(options, http, clock), clock,
                                     [&telemetry](const TokenEvent& event) { telemetry.on_token(event); });
  }
  return caches;
}

std::vector<std::unique_ptr<HubPoller>> make_pollers(const Config& config, ArmClient& arm,
                                                     const TokenCaches& tokens, ReadAllowances& reads,
                                                     Fleet& fleet, Ledger& ledger, const Clock& clock) {
  std::vector<std::unique_ptr<HubPoller>> pollers;
  for (const HubOptions& hub : config.hubs) {
    const ArmCaller caller{.token = *tokens.at(hub.credential),
                           .reads = reads.of(hub.id.subscription_id, hub.credential)};
    pollers.push_back(std::make_unique<HubPoller>(hub, config.poll, arm, caller, fleet, ledger, clock));
  }
  return pollers;
}

Result<std::unique_ptr<Ledger>> open_ledger(const std::string& folder, const Clock& clock, Log& log) {
  if (folder.empty()) {
    return std::make_unique<Ledger>();
  }
  return Ledger::open(folder, clock, [&log](const std::optional<Error>& error) {
    if (error) {
      log.error("the ledger cannot be written, counting goes on in memory", {{"err", error->message}});
    } else {
      log.info("the ledger is written again and holds all that was counted meanwhile");
    }
  });
}

int exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::address_in_use:
      return kExitAddressInUse;
    case ErrorKind::bad_config:
      return kExitUsage;
    default:
      return kExitFailure;
  }
}

void wait_for_end(const Signals& signals, Log& log) {
  int signal = signals.wait();
  while (signal == SIGHUP) {
    log.warn("SIGHUP ignored: this version reads its configuration only at the start");
    signal = signals.wait();
  }
  log.info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
}

// Serves until a signal asks to end. Locals end in reverse order, which is the whole shutdown: first the
// server, then the polls, then what they used.
int serve(const Flags& flags, const Config& config, Ledger& ledger, const Clock& clock,
          const Signals& signals, StderrLog& log) {
  ExporterMetrics metrics({kVersion, kRevision, kCompiler}, clock.wall_now());
  Telemetry telemetry(metrics, log, clock);
  CurlClient curl(with_user_agent(config.http), clock);
  ObservedClient observed(curl, clock,
                          [&telemetry](const RequestObservation& request) { telemetry.on_request(request); });
  RetryingClient http(observed, clock, {.patience = config.http.request_timeout}, random_fraction,
                      [&metrics](std::string_view api) { metrics.api_retry(api); });
  const TokenCaches tokens = make_token_caches(config, http, clock, telemetry);
  ArmClient arm(config.cloud, http, [&telemetry](const QuotaReading& quota) { telemetry.on_quota(quota); });
  ReadAllowances reads(config.poll.reads, clock,
                       [&telemetry](const ReadPause& pause) { telemetry.on_pause(pause); });

  Fleet fleet;
  Scheduler scheduler(make_pollers(config, arm, tokens, reads, fleet, ledger, clock), config.poll.concurrency,
                      clock, log, [&metrics](std::string_view member) { metrics.unknown_value(member); });

  FleetPage page(fleet, {.stale_after = config.poll.stale_after, .details = config.job_details});
  std::atomic<const Server*> serving = nullptr;
  const auto make_page = [&](Format format, Encoding encoding) {
    const auto hubs = page.get(format, encoding, clock.wall_now(), clock.steady_now());
    const Server* const itself = serving;
    const ExporterReadings readings{.hubs = hubs->hubs,
                                    .scheduler_lag = scheduler.lag(),
                                    .http_requests_in_flight = itself == nullptr ? 0 : itself->in_flight(),
                                    .log_messages = [&log](LogLevel level) { return log.messages(level); },
                                    .storage = ledger.storage()};
    return finish_page(hubs->page, encoding,
                       metrics.render(readings, format) + std::string(page_end(format)));
  };
  const Site site(
      {.telemetry_path = flags.telemetry_path,
       .version = std::string(kVersion),
       .stale_after = config.poll.stale_after},
      {.metrics = make_page,
       .why_unhealthy = [&scheduler] { return scheduler.stalled(); },
       .served = [&metrics](std::string_view handler, int code) { metrics.http_request(handler, code); }},
      fleet, clock);

  const auto server = Server::start(
      {.listen_addresses = flags.listen_addresses},
      [&site](const HttpServerRequest& request) { return site.answer(request); }, log);
  if (!server) {
    log.error("cannot serve", {{"err", server.error().message}});
    return exit_code(server.error());
  }
  serving = server->get();
  for (const std::string& address : (*server)->addresses()) {
    log.info("listening", {{"address", address}, {"path", flags.telemetry_path}});
  }
  scheduler.start();

  wait_for_end(signals, log);
  Signals::exit_after(std::chrono::milliseconds{1'800});
  scheduler.request_stop();
  return 0;
}

// Prints what is wrong with the configuration, or with what it names.
int check(const Flags& flags) {
  const auto config = load_config(flags.config_file, environment);
  if (!config) {
    for (const ConfigError& error : config.error()) {
      std::cerr << error.message << '\n';
    }
    return kExitUsage;
  }
  std::cout << flags.config_file << ": good, " << config->hubs.size()
            << (config->hubs.size() == 1 ? " hub" : " hubs") << std::endl;
  if (!flags.is_live) {
    return 0;
  }
  const Signals signals;  // so that Ctrl-C ends what we have started, too
  std::stop_source stop;
  std::jthread ender([&] {
    static_cast<void>(signals.wait());
    stop.request_stop();
  });
  const SystemClock clock;
  CurlClient curl(with_user_agent(config->http), clock);
  RetryingClient http(curl, clock, {.patience = config->http.request_timeout}, random_fraction, nullptr);
  const bool is_good = check_live(*config, http, clock, std::cout, stop.get_token());
  kill(getpid(), SIGTERM);  // nobody but `ender` hears of it
  return is_good ? 0 : kExitFailure;
}

int run(const Flags& flags) {
  const Signals signals;
  StderrLog log(flags.log_level, flags.log_format);
  const auto config = load_config(flags.config_file, environment);
  if (!config) {
    for (const ConfigError& error : config.error()) {
      log.error("configuration cannot be used", {{"err", error.message}});
    }
    return kExitUsage;
  }
  log.info("starting", {{"version", std::string(kVersion)},
                        {"revision", std::string(kRevision)},
                        {"config_file", flags.config_file},
                        {"hubs", std::to_string(config->hubs.size())}});
  const SystemClock clock;
  const auto ledger = open_ledger(flags.storage_path, clock, log);
  if (!ledger) {
    log.error("the storage cannot be used", {{"err", ledger.error().message}});
    return exit_code(ledger.error());
  }
  return serve(flags, *config, **ledger, clock, signals, log);
}

int execute(const Flags& flags) {
  Signals::ignore_failing_writes();
  switch (flags.command) {
    case Command::healthcheck:
      return healthcheck(flags.listen_addresses.front(), std::cerr);
    case Command::check:
      return check(flags);
    case Command::run:
      break;
  }
  return run(flags);
}

}  // namespace
}  // namespace iothub

int main(int argc, char** argv) {
  const auto flags = iothub::parse_flags(argc, argv);
  if (const auto* text = std::get_if<iothub::FlagsText>(&flags)) {
    (text->exit_code == 0 ? std::cout : std::cerr) << text->text;
    return text->exit_code;
  }
  return iothub::execute(std::get<iothub::Flags>(flags));
}

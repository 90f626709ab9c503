// Serves about 100,000 series for tests/bench/scrapes.py: page_server ours|prometheus-cpp. Prints its
// address; ours polls N of its hubs at a GET of /change/N.
#include <csignal>
#include <iostream>
#include <string>

#include <prometheus/exposer.h>

#include "bench/large_fleet.hpp"
#include "bench/same_series.hpp"
#include "core/stderr_log.hpp"
#include "core/system_clock.hpp"
#include "metrics/exporter_metrics.hpp"
#include "metrics/fleet_page.hpp"
#include "support/page_text.hpp"
#include "web/server.hpp"
#include "web/site.hpp"

namespace iothub::bench {
namespace {

void wait_for_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
}

// Only what was asked for may wait for the signal.
void block_end() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void serve_ours() {
  const SystemClock clock;
  StderrLog log(LogLevel::info, LogFormat::logfmt);
  Fleet fleet;
  publish_all(fleet, clock.steady_now());
  FleetPage page(fleet, options());
  ExporterMetrics metrics({"bench", "bench", "bench"}, kNow);
  const Site site({.telemetry_path = "/metrics", .version = "bench"},
                  {.metrics =
                       [&](Format format, Encoding encoding) {
                         const auto hubs = page.get(format, encoding, kNow, clock.steady_now());
                         return finish_page(hubs->page, encoding,
                                            metrics.render({.hubs = hubs->hubs, .log_messages = {}}, format) +
                                                std::string(page_end(format)));
                       },
                   .why_unhealthy = {},
                   .served = {}},
                  fleet, clock);
  std::size_t poll = 1;
  const auto handler = [&](const HttpServerRequest& request) {
    const std::string change = "/change/";
    if (!request.path.starts_with(change)) {
      return site.answer(request);
    }
    const std::size_t hubs = std::stoul(request.path.substr(change.size()));
    ++poll;
    for (std::size_t i = 0; i < hubs; ++i) {
      fleet.publish(hub((poll * 7 + i * kHubs / hubs) % kHubs, poll, clock.steady_now()));
    }
    return HttpServerResponse{};
  };
  const auto server = Server::start({.listen_addresses = {"127.0.0.1:0"}}, handler, log);
  std::cout << "http://" << (*server)->addresses().front() << "/metrics" << std::endl;
  wait_for_end();
}

void serve_with_the_library() {
  std::shared_ptr<prometheus::Registry> registry;
  {
    Fleet fleet;
    publish_all(fleet, SteadyTime{});
    FleetPage page(fleet, options());
    registry =
        same_series(joined(page.get(Format::text, Encoding::identity, kNow, SteadyTime{})->page.parts));
  }
  prometheus::Exposer exposer("127.0.0.1:0");
  exposer.RegisterCollectable(registry);
  std::cout << "http://127.0.0.1:" << exposer.GetListeningPorts().front() << "/metrics" << std::endl;
  wait_for_end();
}

}  // namespace
}  // namespace iothub::bench

int main(int argc, char** argv) {
  const std::string kind = argc > 1 ? argv[1] : "";
  iothub::bench::block_end();
  if (kind == "ours") {
    iothub::bench::serve_ours();
  } else if (kind == "prometheus-cpp") {
    iothub::bench::serve_with_the_library();
  } else {
    std::cerr << "usage: page_server ours|prometheus-cpp\n";
    return 2;
  }
  return 0;
}

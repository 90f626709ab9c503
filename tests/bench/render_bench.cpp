// Rendering 100,000 series: ours whole and after a change, beside prometheus-cpp's registry and serializer.
#include <string>

#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include "bench/large_fleet.hpp"
#include "bench/same_series.hpp"
#include "metrics/exporter_metrics.hpp"
#include "metrics/fleet_page.hpp"
#include "support/page_text.hpp"

namespace iothub::bench {
namespace {

constexpr SteadyTime kTick{std::chrono::hours{1}};

void count_bytes(benchmark::State& state, const FleetBody& body) {
  std::size_t bytes = 0;
  for (const PagePart& part : body.page.parts) {
    bytes += part->size();
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["parts"] = static_cast<double>(body.page.parts.size());
}

// A page that was never rendered before.
void whole(benchmark::State& state, Encoding encoding) {
  Fleet fleet;
  publish_all(fleet, kTick);
  std::shared_ptr<const FleetBody> body;
  while (state.KeepRunning()) {
    FleetPage page(fleet, options());
    body = page.get(Format::text, encoding, kNow, kTick);
    benchmark::DoNotOptimize(body);
  }
  count_bytes(state, *body);
}

// `hubs` of them were polled since the last scrape, spread over the fleet.
void changed(benchmark::State& state, Encoding encoding) {
  const auto hubs = static_cast<std::size_t>(state.range(0));
  Fleet fleet;
  publish_all(fleet, kTick);
  FleetPage page(fleet, options());
  auto body = page.get(Format::text, encoding, kNow, kTick);
  std::size_t poll = 1;
  while (state.KeepRunning()) {
    state.PauseTiming();
    ++poll;
    for (std::size_t i = 0; i < hubs; ++i) {
      fleet.publish(hub((poll * 7 + i * kHubs / hubs) % kHubs, poll, kTick));
    }
    state.ResumeTiming();
    body = page.get(Format::text, encoding, kNow, kTick);
    benchmark::DoNotOptimize(body);
  }
  count_bytes(state, *body);
}

// What every scrape pays: the exporter's own metrics, and the end of the page.
void own(benchmark::State& state, Encoding encoding) {
  const ExporterMetrics metrics({"bench", "bench", "bench"}, kNow);
  const PageBody nothing;
  while (state.KeepRunning()) {
    auto parts =
        finish_page(nothing, encoding, metrics.render({.hubs = {}, .log_messages = {}}, Format::text));
    benchmark::DoNotOptimize(parts);
  }
}

void library(benchmark::State& state) {
  Fleet fleet;
  publish_all(fleet, kTick);
  FleetPage page(fleet, options());
  const auto registry =
      same_series(joined(page.get(Format::text, Encoding::identity, kNow, kTick)->page.parts));
  std::size_t bytes = 0;
  while (state.KeepRunning()) {
    const std::string text = prometheus::TextSerializer().Serialize(registry->Collect());
    bytes = text.size();
    benchmark::DoNotOptimize(text);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
}

BENCHMARK_CAPTURE(whole, text, Encoding::identity)->Name("render/ours")->Unit(benchmark::kMillisecond);
BENCHMARK(library)->Name("render/prometheus-cpp")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(whole, gzip, Encoding::gzip)->Name("render/ours, gzip")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(changed, text, Encoding::identity)
    ->Name("render/ours, hubs changed")
    ->Arg(3)
    ->Arg(25)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(changed, gzip, Encoding::gzip)
    ->Name("render/ours, gzip, hubs changed")
    ->Arg(3)
    ->Arg(25)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(own, text, Encoding::identity)
    ->Name("render/exporter's own")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(own, gzip, Encoding::gzip)
    ->Name("render/exporter's own, gzip")
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace iothub::bench

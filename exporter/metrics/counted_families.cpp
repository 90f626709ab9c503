#include "metrics/counted_families.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

namespace iothub {

namespace {

double seconds(std::chrono::duration<double> duration) {
  return duration.count();
}

// The buckets' bounds in seconds.
std::array<double, kDurationBuckets.size()> bounds() {
  std::array<double, kDurationBuckets.size()> result{};
  std::ranges::transform(kDurationBuckets, result.begin(), [](auto bound) { return seconds(bound); });
  return result;
}

// Calls `add(type, type_name, totals)` for each type that is shown.
template <typename Add>
void for_each_type(const HubFacts& hub, const Add& add) {
  if (hub.snapshot->totals == nullptr) {
    return;
  }
  for (const auto& [type, name] : kJobTypeNames) {
    if (hub.types.at(static_cast<std::size_t>(type)).shown) {
      add(type, name, hub.snapshot->totals->of(type));
    }
  }
}

// Calls `add(type, type_name, status_name, finished)` for each final status of each type that is shown.
template <typename Add>
void for_each_finished(const HubFacts& hub, const Add& add) {
  for_each_type(hub, [&](JobType type, std::string_view type_name, const TypeTotals& totals) {
    for (std::size_t i = 0; i < kFinalStatuses.size(); ++i) {
      add(type, type_name, to_string(kFinalStatuses.at(i)), totals.finished.at(i));
    }
  });
}

}  // namespace

void add_finished(const Samples& samples, const HubFacts& hub) {
  for_each_finished(
      hub, [&](JobType, std::string_view type_name, std::string_view status, const FinishedTotals& finished) {
        samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", status}},
                    static_cast<double>(finished.jobs));
      });
}

void add_failures(const Samples& samples, const HubFacts& hub) {
  for_each_type(hub, [&](JobType, std::string_view type_name, const TypeTotals& totals) {
    for (const auto& [failure_class, class_name] : kFailureClassNames) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"failure_class", class_name}},
                  static_cast<double>(totals.failures.at(static_cast<std::size_t>(failure_class))));
    }
  });
}

void add_finished_duration(const Samples& samples, const HubFacts& hub) {
  static const auto kBounds = bounds();
  for_each_finished(hub, [&](JobType type, std::string_view type_name, std::string_view status,
                             const FinishedTotals& finished) {
    if (finished.jobs > 0 || hub.types.at(static_cast<std::size_t>(type)).expected) {
      samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}, {"status", status}},
                  HistogramView{
                      .bounds = kBounds, .counts = finished.by_duration, .sum = seconds(finished.duration)});
    }
  });
}

void add_busy(const Samples& samples, const HubFacts& hub) {
  for_each_type(hub, [&](JobType, std::string_view type_name, const TypeTotals& totals) {
    samples.add({{"hub", hub_name(hub)}, {"job_type", type_name}}, seconds(totals.busy));
  });
}

}  // namespace iothub

// A fleet with about 100,000 series, and the same series in prometheus-cpp's registry: what the benchmarks
// compare.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exposition/text_writer.hpp"
#include "fleet/fleet.hpp"
#include "metrics/hub_facts.hpp"
#include "support/hubs.hpp"

namespace iothub::bench {

inline constexpr std::size_t kHubs = 250;
inline constexpr std::size_t kJobsPerHub = 75;  // with five series each

inline constexpr WallTime kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23}};

inline HubFactsOptions options() {
  return {.stale_after = std::chrono::hours{24},
          .details = {.enabled = true,
                      .finished_within = std::chrono::hours{24 * 365 * 100},
                      .max_per_hub = 1'000'000,
                      .max_total = 1'000'000}};
}

// A job id as Azure makes them; the same for the same number.
inline std::string job_id(std::uint64_t number) {
  const std::uint64_t high = (number + 1) * 0x9E3779B97F4A7C15U;
  const std::uint64_t low = (number + 1) * 0xC2B2AE3D27D4EB4FU;
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx", static_cast<unsigned>(high >> 32U),
                static_cast<unsigned>(high >> 16U) & 0xFFFFU, static_cast<unsigned>(high) & 0xFFFFU,
                static_cast<unsigned>(low >> 48U), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFU));
  return text.data();
}

// The hub as its poll number `poll` found it: with one job more at the end of the list and one less at its
// start for each poll.
inline std::shared_ptr<HubSnapshot> hub(std::size_t number, std::size_t poll, SteadyTime now_tick) {
  std::vector<Job> jobs;
  jobs.reserve(kJobsPerHub);
  for (std::size_t i = poll; i < poll + kJobsPerHub; ++i) {
    const auto random = (i + 1) * 0x9E3779B97F4A7C15U ^ (number + 1) * 0xC2B2AE3D27D4EB4FU;
    const WallTime start =
        kNow + std::chrono::seconds{60 * i} + std::chrono::microseconds{random % 60'000'000};
    jobs.push_back(make_job(job_id(number * 1'000'003 + i),
                            i % 3 == 0 ? JobType::import_devices : JobType::export_devices,
                            i % 7 == 0 ? JobStatus::failed : JobStatus::completed, start,
                            start + std::chrono::microseconds{random % 600'000'000}));
  }
  auto snapshot = polled_hub("iothub-production-" + std::to_string(1000 + number), std::move(jobs),
                             kNow + std::chrono::seconds{poll}, now_tick);
  snapshot->hub = Hub{};
  snapshot->polls.polls = poll;
  snapshot->polls.last_duration = std::chrono::microseconds{123'456};
  return snapshot;
}

inline void publish_all(Fleet& fleet, SteadyTime now_tick) {
  for (std::size_t number = 0; number < kHubs; ++number) {
    fleet.publish(hub(number, 1, now_tick));
  }
}

}  // namespace iothub::bench

#include "poll/schedule.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/ascii.hpp"

namespace iothub {

namespace {

using std::chrono::nanoseconds;

nanoseconds scaled(std::chrono::milliseconds interval, double fraction) {
  return std::chrono::duration_cast<nanoseconds>(
      std::chrono::duration<double, std::milli>(static_cast<double>(interval.count()) * fraction));
}

}  // namespace

double phase_of(const HubId& hub) {
  // FNV-1a, written out because std::hash may differ between two builds; the last step spreads neighbouring
  // names.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : ascii_lower(hub.subscription_id + "/" + hub.resource_group + "/" + hub.name)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  hash ^= hash >> 33U;
  hash *= 0xff51afd7ed558ccdU;
  hash ^= hash >> 33U;
  return static_cast<double>(hash >> 11U) * 0x1.0p-53;
}

SteadyTime first_due(SteadyTime start, double phase, std::size_t hubs, std::chrono::milliseconds interval) {
  constexpr std::chrono::milliseconds kPerHub{100};
  const auto spread = std::min(interval, kPerHub * static_cast<std::int64_t>(hubs > 0 ? hubs - 1 : 0));
  return start + scaled(spread, phase);
}

SteadyTime next_due(SteadyTime start, double phase, std::chrono::milliseconds interval,
                    const FinishedPoll& last) {
  const SteadyTime origin = start + scaled(interval, phase);
  const SteadyTime after = std::max(last.ended, last.began + interval / 2);
  const auto points = after < origin ? 0 : (after - origin) / nanoseconds(interval) + 1;
  const SteadyTime due = origin + points * nanoseconds(interval);
  return last.retry_after ? std::max(due, last.ended + *last.retry_after) : due;
}

}  // namespace iothub

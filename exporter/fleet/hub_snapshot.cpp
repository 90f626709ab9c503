#include "fleet/hub_snapshot.hpp"

#include <algorithm>

namespace iothub {

std::size_t poll_error_index(ErrorKind kind) {
  const ErrorKind reason = kind == ErrorKind::bad_config ? ErrorKind::unauthorized
                           : kind == ErrorKind::internal || kind == ErrorKind::address_in_use
                               ? ErrorKind::network
                               : kind;
  const auto* found = std::ranges::find(kPollErrorReasons, reason);
  return std::min<std::size_t>(static_cast<std::size_t>(found - kPollErrorReasons.begin()),
                               kPollErrorReasons.size() - 1);
}

std::string_view poll_error_reason(ErrorKind kind) {
  return to_label(kPollErrorReasons.at(poll_error_index(kind)));
}

const HubJobs* HubSnapshot::fresh_jobs(SteadyTime now, std::chrono::milliseconds stale_after) const {
  const bool fresh = polls.last_success_tick && now - *polls.last_success_tick <= stale_after;
  return fresh ? jobs.get() : nullptr;
}

}  // namespace iothub

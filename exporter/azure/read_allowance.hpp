// What ARM still lets one credential read of one subscription, for ArmClient, which takes every read from it,
// and for Scheduler, which begins no poll that would only wait here.
//
// ARM counts reads in a token bucket for each subscription and principal and answers 429 when it is empty. We
// keep the same bucket and never use its last tenth (at most 25 reads, a tenth of what Azure grants), so that
// reads slow down to the rate of the refill before ARM refuses one. Refused all the same, nobody reads until
// ARM said that we may.
//
// May be called from several threads at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "azure/call_limits.hpp"
#include "azure/read_allowance_options.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace iothub {

// Reads that ARM refused until some time, told when that begins.
struct ReadPause {
  std::string subscription_id;
  std::string credential;
  std::chrono::seconds length;
};

class ReadAllowance {
 public:
  using PauseObserver = std::function<void(const ReadPause&)>;

  // The bucket is full. `observer` may be empty; it is called from whichever thread begins a pause, not when
  // one is made longer.
  ReadAllowance(std::string subscription_id, std::string credential, const ReadAllowanceOptions& options,
                const Clock& clock, PauseObserver observer);
  ReadAllowance(const ReadAllowance&) = delete;
  ReadAllowance& operator=(const ReadAllowance&) = delete;
  ~ReadAllowance() = default;

  // When the next read may go after `ahead` others; a time that has passed means at once. Only ever moves on.
  [[nodiscard]] SteadyTime ready_at(std::size_t ahead = 0) const;

  // The end of the last pause, or of the one that is on; SteadyTime::min() before the first.
  [[nodiscard]] SteadyTime paused_until() const;

  // Takes one read, and waits for the bucket if it must. During a pause, or when the wait would pass the
  // deadline, fails at once with `throttled` and how long it would have to be; `cancelled` on a stop. A pause
  // that begins meanwhile ends the wait.
  [[nodiscard]] Result<void> take(const CallLimits& limits);

  // ARM answered 429. Never makes a pause shorter. After it reads flow at the rate of the refill.
  void pause(std::chrono::seconds length);

  // ARM's own count, which others who use the same principal lower too. Never raises ours: the old kind of
  // limit counts 12,000 an hour.
  void saw_remaining(std::int64_t reads);

 private:
  [[nodiscard]] SteadyTime ready_at_locked(std::size_t ahead) const;

  std::string subscription_id_;
  std::string credential_;
  std::int64_t burst_;
  std::int64_t usable_;            // of `burst_`, at least 1
  SteadyTime::duration per_read_;  // in which one read flows in
  const Clock& clock_;
  PauseObserver observer_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  SteadyTime full_at_;  // when the bucket is full again: it lacks one read for each `per_read_` until then
  SteadyTime paused_until_ = SteadyTime::min();
  std::uint64_t pauses_ = 0;  // that began or were made longer
};

// The allowances of all subscriptions and credentials, each made when it is first asked for and kept.
class ReadAllowances {
 public:
  ReadAllowances(const ReadAllowanceOptions& options, const Clock& clock,
                 ReadAllowance::PauseObserver observer);

  // The same object for the same two, whatever the case of the subscription's id.
  [[nodiscard]] ReadAllowance& of(const std::string& subscription_id, const std::string& credential);

 private:
  ReadAllowanceOptions options_;
  const Clock& clock_;
  ReadAllowance::PauseObserver observer_;

  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<ReadAllowance>> allowances_;
};

}  // namespace iothub

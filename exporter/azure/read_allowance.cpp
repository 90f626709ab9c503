#include "azure/read_allowance.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "core/duration.hpp"

namespace iothub {

namespace {

// A tenth of the bucket, but of Azure's own if ours is said to be larger: ARM never tells more than its
// bucket holds, and a reserve above that would stop every read.
std::int64_t reserve(std::int64_t burst) {
  return std::min(burst, ReadAllowanceOptions{}.burst) / 10;
}

tl::unexpected<Error> throttled(const std::string& why, SteadyTime::duration wait) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(wait);
  return fail(Error{.kind = ErrorKind::throttled,
                    .message = why + " for another " + format_duration(whole),
                    .retry_after = whole});
}

}  // namespace

ReadAllowance::ReadAllowance(std::string subscription_id, std::string credential,
                             const ReadAllowanceOptions& options, const Clock& clock, PauseObserver observer)
    : subscription_id_(std::move(subscription_id)),
      credential_(std::move(credential)),
      burst_(options.burst),
      usable_(options.burst - reserve(options.burst)),
      per_read_(std::chrono::duration_cast<SteadyTime::duration>(
          std::chrono::duration<double>(1 / options.per_second))),
      clock_(clock),
      observer_(std::move(observer)),
      full_at_(clock.steady_now()) {}

SteadyTime ReadAllowance::ready_at(std::size_t ahead) const {
  const std::scoped_lock lock(mutex_);
  return ready_at_locked(ahead);
}

SteadyTime ReadAllowance::ready_at_locked(std::size_t ahead) const {
  return std::max(full_at_ + (static_cast<std::int64_t>(ahead) + 1 - usable_) * per_read_, paused_until_);
}

SteadyTime ReadAllowance::paused_until() const {
  const std::scoped_lock lock(mutex_);
  return paused_until_;
}

Result<void> ReadAllowance::take(const CallLimits& limits) {
  std::unique_lock lock(mutex_);
  while (!limits.stop.stop_requested()) {
    const SteadyTime now = clock_.steady_now();
    if (now < paused_until_) {
      auto refusal = throttled("subscription " + subscription_id_ + " is throttled", paused_until_ - now);
      refusal.value().is_told = observer_ != nullptr;
      return refusal;
    }
    const SteadyTime ready = ready_at_locked(0);
    if (ready <= now) {
      full_at_ = std::max(full_at_, now) + per_read_;
      return {};
    }
    if (ready > limits.deadline) {
      return throttled("subscription " + subscription_id_ + " has no read left", ready - now);
    }
    const auto pauses = pauses_;
    clock_.wait_until(changed_, lock, ready, limits.stop, [&] { return pauses_ != pauses; });
  }
  return fail(ErrorKind::cancelled, "stopped");
}

void ReadAllowance::pause(std::chrono::seconds length) {
  bool begins = false;
  {
    const std::scoped_lock lock(mutex_);
    const SteadyTime now = clock_.steady_now();
    if (now + length <= paused_until_) {
      return;
    }
    begins = paused_until_ <= now;
    paused_until_ = now + length;
    full_at_ = std::max(full_at_, paused_until_ + usable_ * per_read_);
    ++pauses_;
  }
  changed_.notify_all();
  if (begins && observer_) {
    observer_({.subscription_id = subscription_id_, .credential = credential_, .length = length});
  }
}

void ReadAllowance::saw_remaining(std::int64_t reads) {
  const std::scoped_lock lock(mutex_);
  const std::int64_t missing = burst_ - std::clamp<std::int64_t>(reads, 0, burst_);
  full_at_ = std::max(full_at_, clock_.steady_now() + missing * per_read_);
}

ReadAllowances::ReadAllowances(const ReadAllowanceOptions& options, const Clock& clock,
                               ReadAllowance::PauseObserver observer)
    : options_(options), clock_(clock), observer_(std::move(observer)) {}

ReadAllowance& ReadAllowances::of(const std::string& subscription_id, const std::string& credential) {
  const std::scoped_lock lock(mutex_);
  auto& allowance = allowances_[{ascii_lower(subscription_id), credential}];
  if (!allowance) {
    allowance = std::make_unique<ReadAllowance>(subscription_id, credential, options_, clock_, observer_);
  }
  return *allowance;
}

}  // namespace iothub

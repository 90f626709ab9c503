// A clock that moves only when told, and knows who is waiting on it.
#pragma once

#include <algorithm>
#include <list>

#include "core/clock.hpp"

namespace iothub {

class FakeClock final : public Clock {
 public:
  // A Monday at noon; steady time starts elsewhere, so that mixing the two up shows.
  static constexpr WallTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} +
                                  std::chrono::hours{12}};

  [[nodiscard]] WallTime wall_now() const override {
    const std::scoped_lock lock(mutex_);
    return wall_;
  }

  [[nodiscard]] SteadyTime steady_now() const override {
    const std::scoped_lock lock(mutex_);
    return steady_;
  }

  void wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                  SteadyTime deadline, const std::stop_token& stop,
                  const std::function<bool()>& ready) const override {
    const auto me = enter({&changed, lock.mutex(), deadline});
    changed.wait(lock, stop, [&] { return ready() || steady_now() >= deadline; });
    leave(me);
  }

  // Both times move on together.
  void advance(std::chrono::microseconds by) {
    {
      const std::scoped_lock lock(mutex_);
      wall_ += by;
      steady_ += by;
      waiters_changed_.notify_all();
    }
    wake_all();
  }

  // The wall clock alone jumps, as when an operator sets it.
  void jump_wall(std::chrono::microseconds by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
  }

  // Returns once `threads` threads wait on this clock with a deadline still to come: the replacement for
  // "sleep a little and hope".
  void wait_until_asleep(std::ptrdiff_t threads) const {
    std::unique_lock lock(mutex_);
    waiters_changed_.wait(lock, [&] {
      return std::ranges::count_if(waiters_, [&](const Waiter& w) { return w.deadline > steady_; }) ==
             threads;
    });
  }

 private:
  struct Waiter {
    std::condition_variable_any* changed;
    std::mutex* mutex;
    SteadyTime deadline;
  };

  std::list<Waiter>::iterator enter(Waiter waiter) const {
    const std::scoped_lock lock(mutex_);
    waiters_changed_.notify_all();
    return waiters_.insert(waiters_.end(), waiter);
  }

  void leave(std::list<Waiter>::iterator waiter) const {
    const std::scoped_lock lock(mutex_);
    waiters_.erase(waiter);
    waiters_changed_.notify_all();
  }

  void wake_all() {
    std::list<Waiter> waiters;
    {
      const std::scoped_lock lock(mutex_);
      waiters = waiters_;
    }
    for (const Waiter& waiter : waiters) {
      { const std::scoped_lock lock(*waiter.mutex); }  // it has either seen the new time or is asleep
      waiter.changed->notify_all();
    }
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable waiters_changed_;
  mutable std::list<Waiter> waiters_;
  WallTime wall_ = kNoon;
  SteadyTime steady_{std::chrono::hours{1000}};
};

}  // namespace iothub

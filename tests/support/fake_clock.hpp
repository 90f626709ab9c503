// A clock that moves only when told, and knows who is waiting on it.
#pragma once

#include <algorithm>
#include <cstdint>
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
    const auto me = enter({&changed, lock.mutex(), deadline, &ready});
    changed.wait(lock, stop, [&] { return ready() || steady_now() >= deadline; });
    leave(me);
  }

  // Both times move on together.
  void advance(std::chrono::microseconds by) {
    {
      const std::scoped_lock lock(mutex_);
      wall_ += by;
      steady_ += by;
      note_change();
    }
    wake_all();
  }

  // Both times move on to the next moment for which somebody waits.
  void advance_to_next_deadline() {
    const SteadyTime next = next_deadline();
    advance(std::chrono::ceil<std::chrono::microseconds>(next - steady_now()));
  }

  // The next moment for which somebody waits; SteadyTime::max() if nobody does.
  [[nodiscard]] SteadyTime next_deadline() const {
    const std::scoped_lock lock(mutex_);
    SteadyTime next = SteadyTime::max();
    for (const Waiter& waiter : waiters_) {
      next = waiter.deadline > steady_ ? std::min(next, waiter.deadline) : next;
    }
    return next;
  }

  // The wall clock alone jumps, as when an operator sets it.
  void jump_wall(std::chrono::microseconds by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
  }

  // Returns once `threads` threads wait on this clock with a deadline still to come, and for nothing that has
  // happened already: the replacement for "sleep a little and hope".
  void wait_until_asleep(std::ptrdiff_t threads) const {
    std::unique_lock lock(mutex_);
    while (true) {
      waiters_changed_.wait(lock, [&] { return asleep() == threads; });
      const auto seen = changes_;
      const std::list<Waiter> waiters = waiters_;
      lock.unlock();
      const bool all = std::ranges::none_of(waiters, [&](const Waiter& w) { return is_about_to_wake(w); });
      lock.lock();
      if (all && changes_ == seen) {
        return;
      }
      waiters_changed_.wait(lock, [&] { return all || changes_ != seen; });
    }
  }

 private:
  struct Waiter {
    std::condition_variable_any* changed;
    std::mutex* mutex;
    SteadyTime deadline;
    const std::function<bool()>* ready;
    std::uint64_t id = 0;
  };

  std::list<Waiter>::iterator enter(Waiter waiter) const {
    const std::scoped_lock lock(mutex_);
    note_change();
    waiter.id = changes_;
    return waiters_.insert(waiters_.end(), waiter);
  }

  void leave(std::list<Waiter>::iterator waiter) const {
    const std::scoped_lock lock(mutex_);
    waiters_.erase(waiter);
    note_change();
  }

  void note_change() const {
    ++changes_;
    waiters_changed_.notify_all();
  }

  [[nodiscard]] std::ptrdiff_t asleep() const {
    return std::ranges::count_if(waiters_, [&](const Waiter& w) { return w.deadline > steady_; });
  }

  // Whether what it waits for holds, though it has not got round to seeing that.
  [[nodiscard]] bool is_about_to_wake(const Waiter& waiter) const {
    const std::scoped_lock its(*waiter.mutex);
    {
      const std::scoped_lock lock(mutex_);
      if (std::ranges::none_of(waiters_, [&](const Waiter& w) { return w.id == waiter.id; })) {
        return true;
      }
    }
    return (*waiter.ready)();  // cannot leave without its mutex
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
  mutable std::uint64_t changes_ = 0;  // of waiters and of time
  WallTime wall_ = kNoon;
  SteadyTime steady_{std::chrono::hours{1000}};
};

}  // namespace iothub

// Polls all hubs, each when it is due, with a fixed number of threads. This is where failed polls are logged:
// nothing below it logs.
//
// A hub is never polled by two threads at once. Hubs that hang may hold half of the threads together, so that
// the others keep their turn; hubs of a subscription that ARM throttles hold none while they wait. Polls that
// could not begin in time begin as soon as there is a thread and a read for them; missed ones are not made
// up.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "poll/hub_poller.hpp"
#include "poll/poll_queue.hpp"

namespace iothub {

class Scheduler {
 public:
  // Called from the polling threads with the member of a job that held a value this version does not know.
  using OddityObserver = std::function<void(std::string_view member)>;

  // Does nothing until start(). References must outlive the scheduler. `concurrency` is at least 1.
  Scheduler(std::vector<std::unique_ptr<HubPoller>> pollers, std::size_t concurrency, const Clock& clock,
            Log& log, OddityObserver observer);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Cancels the polls under way and waits for their threads.
  ~Scheduler();

  // Begins to poll; called once.
  void start();

  // Cancels the polls under way and begins no more. Does not wait.
  void request_stop();

  // By how much the poll that has waited longest is late, not counting a pause that ARM asked for.
  [[nodiscard]] std::chrono::duration<double> lag() const;

  // Why nothing makes progress, if that is so: polls are due or under way, but for longer than any of them
  // may take none has ended.
  [[nodiscard]] std::optional<std::string> stalled() const;

 private:
  struct Hub {
    std::unique_ptr<HubPoller> poller;
    double phase;
    SteadyTime give_up_at;         // a poll that ARM throttles
    bool hangs = false;            // its last poll took its time to fail
    std::set<std::string> logged;  // oddities that have had their line
  };

  void work(const std::stop_token& stop);
  [[nodiscard]] std::optional<std::size_t> take(const std::stop_token& stop);
  [[nodiscard]] SteadyTime poll(Hub& hub, const std::stop_token& stop);
  [[nodiscard]] SteadyTime after(const Hub& hub, SteadyTime began, const PollReport& report) const;
  void put_back(std::size_t index, SteadyTime at);
  void log_outcome(Hub& hub, const PollReport& report);
  void log_oddities(Hub& hub, const std::vector<Oddity>& oddities);

  const Clock& clock_;
  Log& log_;
  OddityObserver observer_;
  SteadyTime start_;
  std::size_t concurrency_;
  std::chrono::milliseconds longest_poll_{0};
  std::vector<Hub> hubs_;  // a hub belongs to the thread that took it from `queue_`

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  PollQueue queue_;
  SteadyTime last_progress_;
  std::uint64_t put_back_ = 0;  // how often a hub was

  std::stop_source stop_;
  std::vector<std::jthread> threads_;
};

}  // namespace iothub

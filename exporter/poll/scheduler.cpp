#include "poll/scheduler.hpp"

#include <algorithm>
#include <exception>

#include "core/duration.hpp"
#include "poll/schedule.hpp"

namespace iothub {

namespace {

// Room for what a poll's own deadline does not cover before we call ourselves wedged.
constexpr std::chrono::seconds kStallMargin{60};

constexpr std::size_t kMaxOddityLines = 100;  // per hub, for the life of the process

std::string in_milliseconds(std::chrono::microseconds duration) {
  return format_duration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

}  // namespace

Scheduler::Scheduler(std::vector<std::unique_ptr<HubPoller>> pollers, std::size_t concurrency,
                     const Clock& clock, Log& log, OddityObserver observer)
    : clock_(clock),
      log_(log),
      observer_(std::move(observer)),
      start_(clock.steady_now()),
      concurrency_(std::clamp<std::size_t>(concurrency, 1, std::max<std::size_t>(pollers.size(), 1))),
      last_progress_(start_) {
  hubs_.reserve(pollers.size());
  for (auto& poller : pollers) {
    const double phase = phase_of(poller->options().id);
    longest_poll_ = std::max(longest_poll_, poller->budget());
    due_.emplace(first_due(start_, phase, pollers.size(), poller->options().interval), hubs_.size());
    hubs_.push_back(Hub{.poller = std::move(poller), .phase = phase, .logged = {}});
  }
}

void Scheduler::start() {
  threads_.reserve(concurrency_);
  for (std::size_t i = 0; i < concurrency_; ++i) {
    threads_.emplace_back([this] { work(stop_.get_token()); });
  }
}

Scheduler::~Scheduler() {
  request_stop();
}

void Scheduler::request_stop() {
  stop_.request_stop();
}

std::chrono::duration<double> Scheduler::lag() const {
  const std::scoped_lock lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  return due_.empty() || due_.begin()->first >= now ? SteadyTime::duration{} : now - due_.begin()->first;
}

std::optional<std::string> Scheduler::stalled() const {
  const std::scoped_lock lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  SteadyTime waiting_since = due_.empty() ? now : due_.begin()->first;
  for (const auto& [hub, began] : running_) {
    waiting_since = std::min(waiting_since, began);
  }
  const auto quiet = now - std::max(waiting_since, last_progress_);
  if (quiet <= longest_poll_ + kStallMargin) {
    return std::nullopt;
  }
  return "no poll has ended for " +
         format_duration(std::chrono::seconds{std::chrono::duration_cast<std::chrono::seconds>(quiet)}) +
         ", " + std::to_string(running_.size()) + " under way";
}

void Scheduler::work(const std::stop_token& stop) {
  while (const auto index = take_due(stop)) {
    Hub& hub = hubs_.at(*index);
    try {
      poll(hub, *index, stop);
    } catch (
        const std::exception& error) {  // out of memory, above all: this hub's poll is lost, not the thread
      log_.error("poll ended by an exception",
                 {{"hub", hub.poller->options().id.name}, {"err", error.what()}});
      const std::scoped_lock lock(mutex_);
      running_.erase(*index);
      ++finished_polls_;
      due_.emplace(clock_.steady_now() + hub.poller->options().interval, *index);
    }
  }
}

// The hub that is due first, once it is; nothing when a stop is requested.
std::optional<std::size_t> Scheduler::take_due(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime now = clock_.steady_now();
    if (const auto index = take_if_due(now)) {
      return index;
    }
    const auto later = due_.upper_bound({now, hubs_.size()});
    const SteadyTime next = later == due_.end() ? SteadyTime::max() : later->first;
    const auto finished = finished_polls_;
    clock_.wait_until(changed_, lock, next, stop, [&] { return finished_polls_ != finished; });
  }
  return std::nullopt;
}

std::optional<std::size_t> Scheduler::take_if_due(SteadyTime now) {
  for (auto entry = due_.begin(); entry != due_.end() && entry->first <= now; ++entry) {
    const std::size_t index = entry->second;
    if (may_run(index)) {
      due_.erase(entry);
      running_.emplace(index, now);
      return index;
    }
  }
  return std::nullopt;
}

bool Scheduler::may_run(std::size_t index) const {
  if (!hubs_.at(index).hangs) {
    return true;
  }
  const auto hanging = static_cast<std::size_t>(
      std::ranges::count_if(running_, [this](const auto& running) { return hubs_.at(running.first).hangs; }));
  return hanging < std::max<std::size_t>(concurrency_ / 2, 1);
}

void Scheduler::poll(Hub& hub, std::size_t index, const std::stop_token& stop) {
  const HubOptions& options = hub.poller->options();
  FinishedPoll finished{.began = clock_.steady_now(), .ended = {}, .retry_after = {}};
  const PollReport report = hub.poller->poll(stop);
  finished.ended = clock_.steady_now();
  if (report.error) {
    finished.retry_after = report.error->retry_after;
  }
  log_outcome(hub, report);
  const auto interval = report.active ? options.active_interval : options.interval;
  const SteadyTime due = next_due(start_, hub.phase, interval, finished);
  {
    const std::scoped_lock lock(mutex_);
    running_.erase(index);
    last_progress_ = finished.ended;
    ++finished_polls_;
    hub.hangs = report.error && report.error->kind == ErrorKind::timeout;
    due_.emplace(std::max(due, report.rest_until.value_or(due)), index);
  }
  changed_.notify_all();
}

void Scheduler::log_outcome(Hub& hub, const PollReport& report) {
  const std::string& name = hub.poller->options().id.name;
  if (report.error && report.error->kind == ErrorKind::cancelled) {
    return;
  }
  if (report.error) {
    const LogLevel level = report.changed ? LogLevel::warn : LogLevel::debug;
    log_.write(level, "poll failed",
               {{"hub", name},
                {"reason", std::string(to_label(report.error->kind))},
                {"took", in_milliseconds(report.took)},
                {"err", report.error->message}});
    return;
  }
  log_.write(report.changed ? LogLevel::info : LogLevel::debug,
             report.changed ? "poll succeeds again" : "polled",
             {{"hub", name}, {"jobs", std::to_string(report.jobs)}, {"took", in_milliseconds(report.took)}});
  if (report.lookup_error) {
    log_.warn("hub could not be read, its jobs could",
              {{"hub", name},
               {"reason", std::string(to_label(report.lookup_error->kind))},
               {"err", report.lookup_error->message}});
  }
  log_oddities(hub, report.oddities);
}

// Each is counted; a value that many jobs share gets one line.
void Scheduler::log_oddities(Hub& hub, const std::vector<Oddity>& oddities) {
  for (const Oddity& oddity : oddities) {
    if (observer_) {
      observer_(oddity.member);
    }
    const std::string line = std::string(oddity.member) + " " + oddity.problem;
    if (hub.logged.size() < kMaxOddityLines && hub.logged.insert(line).second) {
      log_.warn("a job has a value that cannot be used",
                {{"hub", hub.poller->options().id.name}, {"job_id", oddity.job_id}, {"value", line}});
    }
  }
}

}  // namespace iothub

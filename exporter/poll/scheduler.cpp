#include "poll/scheduler.hpp"

#include <algorithm>
#include <exception>

#include "core/duration.hpp"
#include "poll/schedule.hpp"

namespace iothub {

namespace {

// Room for what a poll's own deadline does not cover before we call ourselves wedged: the token, for which an
// identity service that is being updated may keep us waiting for 70 seconds and one request more.
constexpr std::chrono::seconds kStallMargin{120};

// A poll that fails this late held its thread for nothing, whatever it failed of: a token that did not come,
// or a server that erred at every try.
constexpr std::chrono::milliseconds kHangs{500};

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
      queue_(concurrency_),
      last_progress_(start_) {
  hubs_.reserve(pollers.size());
  for (auto& poller : pollers) {
    const double phase = phase_of(poller->options().id);
    longest_poll_ = std::max(longest_poll_, poller->budget());
    const SteadyTime due = first_due(start_, phase, pollers.size(), poller->options().interval);
    const SteadyTime give_up_at = due + poller->budget();
    queue_.add(poller->caller().reads, poller->caller().token, {.at = due, .give_up_at = give_up_at});
    hubs_.push_back(Hub{.poller = std::move(poller), .phase = phase, .give_up_at = give_up_at, .logged = {}});
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
  return now - queue_.waiting_since(now).value_or(now);
}

std::optional<std::string> Scheduler::stalled() const {
  const std::scoped_lock lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  SteadyTime waiting_since = queue_.waiting_since(now).value_or(now);
  for (const auto& [hub, began] : queue_.under_way()) {
    waiting_since = std::min(waiting_since, began);
  }
  const auto quiet = now - std::max(waiting_since, last_progress_);
  if (quiet <= longest_poll_ + kStallMargin) {
    return std::nullopt;
  }
  return "no poll has ended for " +
         format_duration(std::chrono::seconds{std::chrono::duration_cast<std::chrono::seconds>(quiet)}) +
         ", " + std::to_string(queue_.under_way().size()) + " under way";
}

void Scheduler::work(const std::stop_token& stop) {
  while (const auto index = take(stop)) {
    Hub& hub = hubs_.at(*index);
    SteadyTime next;
    try {
      next = poll(hub, stop);
    } catch (
        const std::exception& error) {  // out of memory, above all: this hub's poll is lost, not the thread
      log_.error("poll ended by an exception",
                 {{"hub", hub.poller->options().id.name}, {"err", error.what()}});
      next = clock_.steady_now() + hub.poller->options().interval;
      hub.give_up_at = next + hub.poller->budget();
    }
    put_back(*index, next);
  }
}

// The hub whose poll is next, once it may begin; nothing when a stop is requested.
std::optional<std::size_t> Scheduler::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime now = clock_.steady_now();
    if (const auto index = queue_.take(now)) {
      return index;
    }
    // Nobody tells us of a change of an allowance: it only puts off what we wait for.
    const auto seen = put_back_;
    clock_.wait_until(changed_, lock, queue_.next_change(now), stop, [&] { return put_back_ != seen; });
  }
  return std::nullopt;
}

void Scheduler::put_back(std::size_t index, SteadyTime at) {
  const Hub& hub = hubs_.at(index);
  {
    const std::scoped_lock lock(mutex_);
    queue_.put_back(index, {.at = at, .give_up_at = hub.give_up_at, .hangs = hub.hangs});
    last_progress_ = clock_.steady_now();
    ++put_back_;
  }
  changed_.notify_all();
}

// When to poll the hub again.
SteadyTime Scheduler::poll(Hub& hub, const std::stop_token& stop) {
  const SteadyTime began = clock_.steady_now();
  const PollReport report = hub.poller->poll(stop, hub.give_up_at);
  log_outcome(hub, report);
  if (report.resume_at) {
    return *report.resume_at;
  }
  hub.hangs = report.error && (report.error->kind == ErrorKind::timeout || report.took >= kHangs);
  const SteadyTime due = after(hub, began, report);
  hub.give_up_at = due + hub.poller->budget();
  return due;
}

SteadyTime Scheduler::after(const Hub& hub, SteadyTime began, const PollReport& report) const {
  const HubOptions& options = hub.poller->options();
  const FinishedPoll finished{
      .began = began,
      .ended = clock_.steady_now(),
      .retry_after = report.error ? report.error->retry_after : std::optional<std::chrono::seconds>()};
  const auto interval = report.active ? options.active_interval : options.interval;
  const SteadyTime due = next_due(start_, hub.phase, interval, finished);
  return std::max(due, report.rest_until.value_or(due));
}

void Scheduler::log_outcome(Hub& hub, const PollReport& report) {
  const std::string& name = hub.poller->options().id.name;
  if (report.resume_at) {
    log_.debug("poll waits, for Azure throttles", {{"hub", name}, {"took", in_milliseconds(report.took)}});
    return;
  }
  if (report.error && report.error->kind == ErrorKind::cancelled) {
    return;
  }
  if (report.error) {
    const LogLevel level = report.changed ? LogLevel::warn : LogLevel::debug;
    log_.write(level, "poll failed",
               {{"hub", name},
                {"reason", std::string(poll_error_reason(report.error->kind))},
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
               {"reason", std::string(poll_error_reason(report.lookup_error->kind))},
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

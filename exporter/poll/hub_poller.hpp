// One hub's polls: asks ARM for its jobs, has the ledger count them, and publishes all that as a new
// snapshot.
//
// Used by one thread at a time (Scheduler sees to it).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "azure/arm_client.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "fleet/fleet.hpp"
#include "fleet/hub_options.hpp"
#include "fleet/ledger.hpp"
#include "poll/poll_options.hpp"

namespace iothub {

// What one poll has to say to its thread.
struct PollReport {
  std::optional<Error> error;  // the poll failed; `cancelled` if it was stopped
  std::optional<Error>
      lookup_error;  // the poll succeeded, but the hub itself could not be read; new since then
  std::optional<SteadyTime>
      resume_at;  // the poll is not over, for ARM throttles: poll() again then, to go on with it
  // It fails (in another way) since this poll, or succeeded after such a report. Of failures that have been
  // told elsewhere (Error::is_told) there is none.
  bool changed = false;
  std::optional<SteadyTime>
      rest_until;                // a poll before then would have nothing to ask, and so nothing to say
  bool active = false;           // a job is enqueued or running, as far as is known
  std::size_t jobs = 0;          // that are known now
  std::vector<Oddity> oddities;  // that no earlier poll of this hub has reported
  std::chrono::microseconds took{0};
};

class HubPoller {
 public:
  // Publishes the hub at once, as one that was not polled yet. References must outlive the poller.
  HubPoller(HubOptions hub, const PollOptions& options, ArmClient& arm, const ArmCaller& caller, Fleet& fleet,
            Ledger& ledger, const Clock& clock);

  // Ends by budget() and one token request from now, or as soon as `stop` is requested; then nothing is
  // published.
  //
  // When ARM throttles and lets us ask again before `give_up_at`, the poll is not over (resume_at), nothing
  // is published or counted, and the next call goes on with it; its time runs from the first call. Without
  // `give_up_at` that is as long as budget() lasts.
  [[nodiscard]] PollReport poll(const std::stop_token& stop,
                                std::optional<SteadyTime> give_up_at = std::nullopt);

  [[nodiscard]] const HubOptions& options() const { return hub_; }

  // As whom its polls ask.
  [[nodiscard]] const ArmCaller& caller() const { return caller_; }

  // The longest that a poll may take: an interval, but never less than one request may.
  [[nodiscard]] std::chrono::milliseconds budget() const;

 private:
  struct Failure {
    ErrorKind kind;
    bool is_told;
    bool operator==(const Failure&) const = default;
  };

  // A job that configuration names, as of when it was last asked for.
  struct WatchedJob {
    std::optional<SingleJob> job;
    SteadyTime ask_again_at;
    std::uint64_t read_by = 0;  // the number of the poll that last asked for it
  };
  struct UnderWay {
    WallTime began;
    SteadyTime began_tick;
    std::optional<Error> throttled;     // why it is not over
    std::optional<Error> lookup_error;  // for its report
  };

  [[nodiscard]] Result<JobList> read(UnderWay& poll, SteadyTime give_up_at, const std::stop_token& stop);
  [[nodiscard]] std::optional<SteadyTime> may_go_on_at(const Error& error) const;
  [[nodiscard]] Result<void> look_up_hub(const CallLimits& limits, UnderWay& poll);
  [[nodiscard]] Result<JobList> read_jobs(const CallLimits& limits);
  [[nodiscard]] Result<JobList> read_list(const CallLimits& limits);
  [[nodiscard]] Result<JobList> read_watched(const CallLimits& limits);
  void accept(JobList list, UnderWay poll, PollReport& report);
  void note_failure(Error error, PollReport& report);
  void publish() const;
  [[nodiscard]] std::chrono::milliseconds rest_of_ended_jobs() const;
  [[nodiscard]] std::optional<SteadyTime> rest_until() const;
  [[nodiscard]] std::vector<Oddity> unreported(std::vector<Oddity> found);

  HubOptions hub_;
  PollOptions options_;
  ArmClient& arm_;
  ArmCaller caller_;
  Fleet& fleet_;
  Ledger& ledger_;
  const Clock& clock_;

  std::optional<UnderWay> under_way_;  // between the calls of a poll that is throttled
  HubSnapshot known_;
  SteadyTime look_up_at_;
  std::optional<ErrorKind> lookup_failure_;
  std::optional<Failure> failure_;    // of the last poll
  bool is_failure_reported_ = false;  // as a change, since the last success
  std::map<std::string, WatchedJob> watched_;
  std::set<std::string> reported_;  // oddities, of earlier polls as far as remembered
};

}  // namespace iothub

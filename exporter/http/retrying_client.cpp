#include "http/retrying_client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "http/retry_after.hpp"

namespace iothub {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kTries = 3;
constexpr milliseconds kFirstPause{1'000};

// An identity service that is being updated answers 410 for up to 70 seconds (Azure's "How to use managed
// identities on a virtual machine to acquire an access token", retry guidance).
constexpr int kTriesWhenGone = 7;
constexpr seconds kPauseWhenGone{10};
constexpr seconds kPatienceWhenGone{70};

constexpr int kGone = 410;

bool is_one_of(int status, std::initializer_list<int> statuses) {
  return std::ranges::find(statuses, status) != statuses.end();
}

bool is_worth_a_retry(const Result<HttpResponse>& outcome, RetryRule rule) {
  if (!outcome) {
    const ErrorKind kind = outcome.error().kind;
    return kind == ErrorKind::network || (rule == RetryRule::identity_service && kind == ErrorKind::timeout);
  }
  const int status = outcome->status;
  switch (rule) {
    case RetryRule::never:
      return false;
    case RetryRule::service:
      return is_one_of(status, {408, 429, 500, 502, 503, 504});
    case RetryRule::service_but_throttling:
      return is_one_of(status, {408, 500, 502, 503, 504});
    case RetryRule::identity_service:
      return is_one_of(status, {404, 408, kGone, 429}) || (status >= 500 && status < 600);
  }
  return false;
}

// Exponential with full jitter, so that clients which failed together do not come back together. An identity
// service has no other clients than its machine: it is given the whole pause.
milliseconds pause_before(int next_try, const Result<HttpResponse>& outcome, RetryRule rule, double random) {
  if (outcome) {
    if (const auto asked = retry_after(*outcome)) {
      return *asked;
    }
    if (rule == RetryRule::identity_service && outcome->status == kGone) {
      return kPauseWhenGone;
    }
  }
  const milliseconds whole = kFirstPause * (1 << (next_try - 2));
  return rule == RetryRule::identity_service
             ? whole
             : std::chrono::floor<milliseconds>(std::chrono::duration<double, std::milli>(whole) * random);
}

bool is_gone(const Result<HttpResponse>& outcome, RetryRule rule) {
  return rule == RetryRule::identity_service && outcome && outcome->status == kGone;
}

}  // namespace

RetryingClient::RetryingClient(HttpClient& inner, const Clock& clock, RetryOptions options, Random random,
                               Observer observer)
    : inner_(inner),
      clock_(clock),
      options_(options),
      random_(std::move(random)),
      observer_(std::move(observer)) {}

Result<HttpResponse> RetryingClient::send(const HttpRequest& request, const std::stop_token& stop) {
  const SteadyTime began = clock_.steady_now();
  for (int next_try = 2;; ++next_try) {
    auto outcome = inner_.send(request, stop);
    if (request.retry == RetryRule::never || !is_worth_a_retry(outcome, request.retry)) {
      return outcome;
    }
    const bool gone = is_gone(outcome, request.retry);
    const SteadyTime give_up =
        std::min(request.deadline, began + (gone ? milliseconds(kPatienceWhenGone) : options_.patience));
    const SteadyTime again_at =
        clock_.steady_now() + pause_before(next_try, outcome, request.retry, random_());
    if (next_try > (gone ? kTriesWhenGone : kTries) || again_at >= give_up) {
      return outcome;
    }
    if (!wait_until(again_at, stop)) {
      return fail(ErrorKind::cancelled, "given up between two tries, a stop was requested");
    }
    if (observer_) {
      observer_(request.api);
    }
  }
}

bool RetryingClient::wait_until(SteadyTime time, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  clock_.wait_until(never_, lock, time, stop, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace iothub

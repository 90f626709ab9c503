#include "auth/token_cache.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace iothub {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// No refusal of Entra ID heals by asking again at once.
seconds pause_after(const Error& error) {
  const seconds pause = error.kind == ErrorKind::unauthorized ? seconds{60} : seconds{10};
  return std::max(pause, error.retry_after.value_or(seconds{0}));
}

}  // namespace

TokenCache::TokenCache(std::string name, std::unique_ptr<Credential> credential, const Clock& clock,
                       Observer observer)
    : name_(std::move(name)),
      credential_(std::move(credential)),
      clock_(clock),
      observer_(std::move(observer)) {}

Result<Secret> TokenCache::token(const std::stop_token& stop) {
  std::unique_lock fetching(fetching_, std::defer_lock);
  {
    const std::scoped_lock lock(state_mutex_);
    const SteadyTime now = clock_.steady_now();
    const bool valid = held_ && now < held_->expires_at;
    const bool paused = failure_ && now < failure_->until;
    if (valid && (now < held_->refresh_at || paused || !fetching.try_lock())) {
      return held_->value;
    }
  }
  if (!fetching.owns_lock()) {
    fetching.lock();  // somebody else may be fetching what we need
  }
  {
    const std::scoped_lock lock(state_mutex_);
    const SteadyTime now = clock_.steady_now();
    if (held_ && now < held_->refresh_at) {
      return held_->value;
    }
    if (failure_ && now < failure_->until) {
      return fail(failure_->error);
    }
  }
  return fetch(stop, /*replaces_refused=*/false);
}

bool TokenCache::has_token() const {
  const std::scoped_lock lock(state_mutex_);
  return held_ && clock_.steady_now() < held_->expires_at && !is_replacing_;
}

Result<Secret> TokenCache::token_after(const Secret& refused, const std::stop_token& stop) {
  const std::scoped_lock fetching(fetching_);
  {
    const std::scoped_lock lock(state_mutex_);
    const SteadyTime now = clock_.steady_now();
    if (!held_ || held_->value != refused) {
      return held_ ? held_->value : refused;
    }
    const auto pause = held_->replaces_refused ? minutes{15} : minutes{1};
    if ((replaced_at_ && now < *replaced_at_ + pause) || (failure_ && now < failure_->until)) {
      return refused;
    }
    replaced_at_ = now;
    is_replacing_ = true;
  }
  return fetch(stop, /*replaces_refused=*/true);
}

Result<Secret> TokenCache::fetch(const std::stop_token& stop, bool replaces_refused) {
  const SteadyTime asked_at = clock_.steady_now();
  auto fresh = stop.stop_requested() ? fail(ErrorKind::cancelled, "stopped") : credential_->fetch(stop);
  {
    const std::scoped_lock lock(state_mutex_);
    is_replacing_ = false;
  }
  if (!fresh && fresh.error().kind == ErrorKind::cancelled) {
    return fail(std::move(fresh.error()));
  }
  TokenEvent event{.credential = name_, .expires_at = {}, .error = {}};
  auto outcome = remember(std::move(fresh), asked_at, replaces_refused, event);
  if (observer_) {
    observer_(event);
  }
  return outcome;
}

Result<Secret> TokenCache::remember(Result<AccessToken> fresh, SteadyTime asked_at, bool replaces_refused,
                                    TokenEvent& event) {
  const std::scoped_lock lock(state_mutex_);
  if (fresh) {
    event.expires_at = clock_.wall_now() + fresh->lifetime;
    event.method = fresh->method;
    held_ = hold(std::move(*fresh), asked_at);
    held_->replaces_refused = replaces_refused;
    failure_.reset();
    return held_->value;
  }
  Error error = std::move(fresh.error()).within("credential " + name_);
  const SteadyTime now = clock_.steady_now();
  failure_ = Failure{.error = error, .until = now + pause_after(error)};
  event.error = error;
  failure_->error.is_told = observer_ != nullptr;
  event.old_token_serves = held_ && now < held_->expires_at;
  if (event.old_token_serves) {
    return held_->value;
  }
  return fail(failure_->error);
}

// The rule of Microsoft's own libraries, counted from when the token was asked for: its life is not
// overestimated, and the wall clock does not matter.
TokenCache::Held TokenCache::hold(AccessToken token, SteadyTime asked_at) {
  const seconds life = token.lifetime;
  const seconds early = life >= hours{2} ? life / 2 : std::max(life - minutes{5}, life / 2);
  const seconds renew = token.refresh_in > seconds{0} ? std::min(token.refresh_in, early) : early;
  return {.value = std::move(token.value), .refresh_at = asked_at + renew, .expires_at = asked_at + life};
}

}  // namespace iothub

// Keeps one credential's token, renews it ahead of its expiry, and asks for one at a time: what stands
// between ARM's client and a Credential. May be called from several threads at once.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "auth/credential.hpp"

namespace iothub {

// A fetch that ended.
struct TokenEvent {
  std::string credential;
  std::optional<WallTime> expires_at;  // of the new token; absent if the fetch failed
  std::string_view method = {};        // that got it, as configuration calls it
  std::optional<Error> error;
  bool old_token_serves = false;  // the fetch failed, but nobody has to notice yet
};

class TokenCache {
 public:
  using Observer = std::function<void(const TokenEvent&)>;

  // `observer` may be empty; it is called from whichever thread fetched.
  TokenCache(std::string name, std::unique_ptr<Credential> credential, const Clock& clock, Observer observer);
  TokenCache(const TokenCache&) = delete;
  TokenCache& operator=(const TokenCache&) = delete;
  ~TokenCache() = default;

  // A token that is still valid, or why there is none; such an error is the observer's to tell. Renewed at
  // half its life when it lives two hours or more, else five minutes before its end, or when its issuer said;
  // while it lives, a failed renewal is not an error. After a failure the same error is given for a while
  // without asking again: a minute for a refusal, ten seconds else, or as long as Retry-After said.
  [[nodiscard]] Result<Secret> token(const std::stop_token& stop);

  // Whether token() has one to give without asking anybody, so that it does not block.
  [[nodiscard]] bool has_token() const;

  // Another token than `refused`, to which ARM answered 401; the same one if there is no other to be had now.
  // Others go on with the old token meanwhile, for one hub's refusal says little about the next hub. Asks for
  // a new one at most once a minute, and once a quarter of an hour when the new one is refused as well.
  [[nodiscard]] Result<Secret> token_after(const Secret& refused, const std::stop_token& stop);

 private:
  struct Held {
    Secret value;
    SteadyTime refresh_at;
    SteadyTime expires_at;
    bool replaces_refused = false;
  };
  struct Failure {
    Error error;
    SteadyTime until;
  };

  [[nodiscard]] Result<Secret> fetch(const std::stop_token& stop, bool replaces_refused);
  [[nodiscard]] Result<Secret> remember(Result<AccessToken> fresh, SteadyTime asked_at, bool replaces_refused,
                                        TokenEvent& event);
  [[nodiscard]] static Held hold(AccessToken token, SteadyTime asked_at);

  std::string name_;
  std::unique_ptr<Credential> credential_;
  const Clock& clock_;
  Observer observer_;

  std::mutex fetching_;  // held across a fetch; nobody waits for it while holding `state_mutex_`
  mutable std::mutex state_mutex_;
  std::optional<Held> held_;
  std::optional<Failure> failure_;
  bool is_replacing_ = false;              // a token that was refused
  std::optional<SteadyTime> replaced_at_;  // when a refused token was last to be replaced
};

}  // namespace iothub

// Gives tokens and errors from a script and counts how often it was asked.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "auth/credential.hpp"

namespace iothub {

class ScriptedCredential final : public Credential {
 public:
  using Answer = std::function<Result<AccessToken>(const std::stop_token&)>;

  void will_give(std::string token, std::chrono::seconds lifetime, std::chrono::seconds refresh_in = {}) {
    will_do([=](const std::stop_token&) -> Result<AccessToken> {
      return AccessToken{.value = Secret(token), .lifetime = lifetime, .refresh_in = refresh_in};
    });
  }

  void will_fail(Error error) {
    will_do([=](const std::stop_token&) -> Result<AccessToken> { return fail(error); });
  }

  void will_do(Answer answer) {
    const std::scoped_lock lock(mutex_);
    script_.push_back(std::move(answer));
  }

  // When the script has run out, every request gets a token that lives an hour.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override {
    Answer answer;
    {
      const std::scoped_lock lock(mutex_);
      ++fetches_;
      if (script_.empty()) {
        return AccessToken{.value = Secret("token-" + std::to_string(fetches_)),
                           .lifetime = std::chrono::hours{1}};
      }
      answer = std::move(script_.front());
      script_.pop_front();
    }
    return answer(stop);
  }

  [[nodiscard]] int fetches() const {
    const std::scoped_lock lock(mutex_);
    return fetches_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Answer> script_;
  int fetches_ = 0;
};

}  // namespace iothub

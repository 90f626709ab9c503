// A hub's ARM as far as polls need it: answers each call with what the test last set, and can be made to
// fail.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "http/http_client.hpp"

namespace iothub {

class FakeArm final : public HttpClient {
 public:
  using Answer = Result<HttpResponse>;

  // Answers calls of `api` (get_hub, list_jobs, get_job) from now on.
  void set(std::string_view api, Answer answer) {
    const std::scoped_lock lock(mutex_);
    answers_.insert_or_assign(std::string(api), std::move(answer));
  }

  void set(std::string_view api, int status, std::string body) {
    set(api, HttpResponse{.status = status, .headers = {}, .body = std::move(body)});
  }

  // Runs during each call, with how many there were so far.
  void on_call(std::function<void(int calls)> run) {
    const std::scoped_lock lock(mutex_);
    on_call_ = std::move(run);
  }

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request,
                                          const std::stop_token& /*stop*/) override {
    const std::scoped_lock lock(mutex_);
    ++calls_[std::string(request.api)];
    ++all_calls_;
    if (on_call_) {
      on_call_(all_calls_);
    }
    const auto found = answers_.find(std::string(request.api));
    return found == answers_.end() ? Answer(HttpResponse{.status = 404, .headers = {}, .body = {}})
                                   : found->second;
  }

  [[nodiscard]] int calls(std::string_view api) const {
    const std::scoped_lock lock(mutex_);
    const auto found = calls_.find(std::string(api));
    return found == calls_.end() ? 0 : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::map<std::string, int> calls_;
  int all_calls_ = 0;
  std::function<void(int)> on_call_;
};

}  // namespace iothub

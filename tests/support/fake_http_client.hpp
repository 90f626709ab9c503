// Answers requests from a script and remembers what was asked.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/http_client.hpp"

namespace iothub {

class FakeHttpClient final : public HttpClient {
 public:
  using Answer = std::function<Result<HttpResponse>(const HttpRequest&, const std::stop_token&)>;

  // The next request gets this; answers are used up in order.
  void will_answer(Answer answer) {
    const std::scoped_lock lock(mutex_);
    script_.push_back(std::move(answer));
  }

  void will_answer(int status, std::string body, HttpHeaders headers = {}) {
    will_answer([=](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
      return HttpResponse{status, headers, body};
    });
  }

  void will_fail(ErrorKind kind, std::string message) {
    will_answer([=](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
      return fail(kind, message);
    });
  }

  // Used when the script has run out; without one, such a request is a network error that says so.
  void otherwise(Answer answer) {
    const std::scoped_lock lock(mutex_);
    otherwise_ = std::move(answer);
  }

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    Answer answer;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
      if (!script_.empty()) {
        answer = std::move(script_.front());
        script_.pop_front();
      } else {
        answer = otherwise_;
      }
    }
    if (!answer) {
      return fail(ErrorKind::network, "the script has no answer for " + request.url);
    }
    return answer(request, stop);
  }

  [[nodiscard]] std::vector<HttpRequest> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Answer> script_;
  Answer otherwise_;
  std::vector<HttpRequest> requests_;
};

}  // namespace iothub

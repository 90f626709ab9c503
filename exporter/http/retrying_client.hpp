// Tries again what failed for a moment: a decorator around the HttpClient that sends. Each try passes the
// inner client, so that it is measured and counted there.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string_view>

#include "http/http_client.hpp"

namespace iothub {

struct RetryOptions {
  // Of requests without a deadline: all tries of one together begin within this time.
  std::chrono::milliseconds patience{30'000};
};

class RetryingClient final : public HttpClient {
 public:
  // A number in [0, 1); called from several threads at once.
  using Random = std::function<double()>;
  // A request of `api` is about to be tried again. May be empty.
  using Observer = std::function<void(std::string_view api)>;

  RetryingClient(HttpClient& inner, const Clock& clock, RetryOptions options, Random random,
                 Observer observer);

  // The answer or error of the last try. HttpRequest::retry says what is tried again; a wait that would pass
  // the request's deadline is not begun, and ends at once when `stop` is requested.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override;

 private:
  // False if the stop came first.
  [[nodiscard]] bool wait_until(SteadyTime time, const std::stop_token& stop);

  HttpClient& inner_;
  const Clock& clock_;
  RetryOptions options_;
  Random random_;
  Observer observer_;
  std::mutex mutex_;  // these two only because waiting takes them
  std::condition_variable_any never_;
};

}  // namespace iothub

// Measures the requests of another HttpClient: a decorator for the request counters and histograms.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "http/http_client.hpp"

namespace iothub {

// One request that ended. `code` is the HTTP status as text, or the kind of the error when there was no
// answer.
struct RequestObservation {
  std::string_view api;
  std::string_view code;
  std::chrono::duration<double> took;
  // By how much our clock is ahead of the server's (negative: behind), as far as the answer's Date shows;
  // zero when the date fits. Absent without a Date, and for services of this machine.
  std::optional<std::chrono::seconds> clock_skew = std::nullopt;
};

class ObservedClient final : public HttpClient {
 public:
  using Observer = std::function<void(const RequestObservation&)>;

  ObservedClient(HttpClient& inner, const Clock& clock, Observer observer);

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override;

 private:
  HttpClient& inner_;
  const Clock& clock_;
  Observer observer_;
};

}  // namespace iothub

// An ARM that counts reads as Azure does, takes its time, and remembers who asked when.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "http/http_client.hpp"

namespace iothub {

class StrictArm final : public HttpClient {
 public:
  struct Request {
    SteadyTime at;
    std::string subscription;
    std::string hub;
    std::string bearer;
    bool is_poll = false;    // for jobs, not for the hub itself
    bool refused = false;    // by 429
    bool too_early = false;  // an earlier 429 told this client to wait for longer
  };

  // Each answer takes `latency`. The bucket of each subscription and token holds `burst` and refills at
  // `per_second`.
  StrictArm(const Clock& clock, std::chrono::milliseconds latency, double burst, double per_second)
      : clock_(clock), latency_(latency), burst_(burst), per_second_(per_second) {}

  // Until `until`, whoever asks for the subscription with this token gets a 429 that says `retry_after`.
  void throttle(const std::string& subscription, const std::string& bearer, SteadyTime until,
                std::chrono::seconds retry_after) {
    const std::scoped_lock lock(mutex_);
    Client& client = client_of(subscription, "Bearer " + bearer);
    client.throttled_until = until;
    client.retry_after = retry_after;
  }

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    std::unique_lock lock(mutex_);
    most_at_once_ = std::max(most_at_once_, ++under_way_);
    Request seen{.at = clock_.steady_now(),
                 .subscription = part_after(request.url, "/subscriptions/"),
                 .hub = part_after(request.url, "/IotHubs/"),
                 .bearer = request.headers.at("authorization")};
    seen.is_poll = request.api != "get_hub";
    Client& client = client_of(seen.subscription, seen.bearer);
    seen.too_early = seen.at < client.told_to_wait_until;
    seen.refused = seen.at < client.throttled_until || !take(client, seen.at);
    const auto left = static_cast<int>(client.left);
    requests_.push_back(seen);
    clock_.wait_until(changed_, lock, seen.at + latency_, stop, [] { return false; });
    --under_way_;
    if (stop.stop_requested()) {
      return fail(ErrorKind::cancelled, "stopped");
    }
    if (seen.refused) {
      client.told_to_wait_until = clock_.steady_now() + client.retry_after;
      return HttpResponse{429, {{"retry-after", std::to_string(client.retry_after.count())}}, ""};
    }
    return HttpResponse{200,
                        {{"x-ms-ratelimit-remaining-subscription-reads", std::to_string(left)}},
                        seen.is_poll ? R"({"value":[]})" : R"({"name":"x"})"};
  }

  [[nodiscard]] std::vector<Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

  [[nodiscard]] int most_at_once() const {
    const std::scoped_lock lock(mutex_);
    return most_at_once_;
  }

 private:
  struct Client {
    double left = 0;
    SteadyTime counted_at{};
    SteadyTime throttled_until{};
    SteadyTime told_to_wait_until{};
    std::chrono::seconds retry_after{1};
  };

  Client& client_of(const std::string& subscription, const std::string& bearer) {
    return clients_.try_emplace({subscription, bearer}, Client{.left = burst_}).first->second;
  }

  [[nodiscard]] bool take(Client& client, SteadyTime now) const {
    const std::chrono::duration<double> passed = now - client.counted_at;
    client.left = std::min(burst_, client.left + passed.count() * per_second_);
    client.counted_at = now;
    if (client.left < 1) {
      return false;
    }
    client.left -= 1;
    return true;
  }

  static std::string part_after(const std::string& url, const std::string& before) {
    const auto from = url.find(before) + before.size();
    return url.substr(from, url.find_first_of("/?", from) - from);
  }

  const Clock& clock_;
  std::chrono::milliseconds latency_;
  double burst_;
  double per_second_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::pair<std::string, std::string>, Client> clients_;
  std::vector<Request> requests_;
  int under_way_ = 0;
  int most_at_once_ = 0;
};

}  // namespace iothub

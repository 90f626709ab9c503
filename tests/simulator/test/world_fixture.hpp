// What the tests of the simulated services share: a small world, and somebody who asks it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "simulator/azure_service.hpp"
#include "simulator/scenario_loader.hpp"

namespace azure_simulator {

inline constexpr std::string_view kTenant = "6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162";
inline constexpr std::string_view kOtherTenant = "7a1a2c5e-0b7d-4b8e-9c34-1d2e3f405162";
inline constexpr std::string_view kReader = "0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr std::string_view kLimited = "1c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr std::string_view kExpired = "2c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr std::string_view kStranger = "3c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr std::string_view kSubscription = "/subscriptions/3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1";
inline constexpr std::string_view kScope = "https%3A%2F%2Fmanagement.azure.com%2F.default";

inline constexpr std::string_view kWorld = R"(
page_size: {jobs: 2, hubs: 2}
throttling: {reads: 10, reads_per_second: 1}
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    domain: contoso.onmicrosoft.com
    clients:
      - {id: 0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: "s~e.c+r/t"}
      - {id: 1c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s, roles: [red]}
      - {id: 2c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s, secret_expired: true}
  - id: 7a1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    clients:
      - {id: 3c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f, secret: s}
subscriptions:
  - id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1
    groups:
      - name: plant
        hubs:
          - name: red
            tags: {team: paint}
            jobs:
              - {id: done, type: export, ended_ago: 1h, duration: 90s}
              - {id: broken, type: import, ended_ago: 2h, duration: 10s, status: failed, failure_reason: "No space."}
              - {id: old, type: backup, ended_ago: 3h, duration: 10s}
              - {raw: {jobId: odd, status: "paused", endTimeUtc: null, progress: 1.5}}
          - {name: green, sku: F1}
          - {name: blue, state: Activating}
)";

// Monday, 23 November 2026, noon.
inline constexpr Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} +
                            std::chrono::hours{12}};

// The access token of an answer.
inline std::string token_in(const Reply& reply) {
  constexpr std::string_view before = R"("access_token":")";
  const std::size_t begin = reply.body.find(before) + before.size();
  return reply.body.substr(begin, reply.body.find('"', begin) - begin);
}

class WorldFixture {
 public:
  explicit WorldFixture(std::string_view yaml = kWorld) : service_(*load_scenario(yaml, "test"), kNoon) {}

  AzureService& service() { return service_; }
  Time now() const { return now_; }
  void pass(Duration duration) { now_ += duration; }

  Reply send(Request request) {
    request.headers.emplace_back("host", "azure.test:8443");
    return service_.answer(request, now_);
  }

  Reply ask_token(const std::string& form, std::string_view tenant = kTenant) {
    return send({.method = "POST",
                 .target = "/" + std::string(tenant) + "/oauth2/v2.0/token",
                 .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                 .body = form});
  }

  static std::string form(std::string_view client, std::string_view secret, std::string_view scope = kScope) {
    return "grant_type=client_credentials&client_id=" + std::string(client) +
           "&client_secret=" + std::string(secret) + "&scope=" + std::string(scope);
  }

  std::string token(std::string_view client = kReader, std::string_view secret = "s~e.c%2Br%2Ft",
                    std::string_view tenant = kTenant) {
    return token_in(ask_token(form(client, secret), tenant));
  }

  Reply get(std::string_view path, const std::string& token) {
    return send({.target = std::string(path), .headers = {{"authorization", "Bearer " + token}}});
  }

  // As the reader, below the subscription, with an api-version.
  Reply read(const std::string& path, const std::string& query = "api-version=2023-06-30") {
    return get(std::string(kSubscription) + path + "?" + query, token());
  }

 private:
  AzureService service_;
  Time now_ = kNoon;
};

inline std::string header_of(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

}  // namespace azure_simulator

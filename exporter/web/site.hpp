// What is served at which path, without sockets: the Server's handler.
//
//   /               what this is, for people: version, links, the hubs
//   /metrics        the exposition, at whatever path was chosen
//   /-/healthy      200 while polling makes progress, else 503 and why
//   /-/ready        200 once every hub was polled, else 503 and which were not
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "exposition/negotiation.hpp"
#include "fleet/fleet.hpp"
#include "web/server.hpp"

namespace iothub {

struct SiteOptions {
  std::string telemetry_path = "/metrics";
  std::string version;
  std::chrono::milliseconds stale_after{900'000};  // jobs whose last good poll is older are not shown
};

// Where the site gets what it shows. Each is called on the server's thread.
struct SiteSources {
  std::function<std::vector<BodyPart>(Format, Encoding)> metrics;
  std::function<std::optional<std::string>()> why_unhealthy;  // nothing while all is well
  std::function<void(std::string_view handler, int code)> served;
};

class Site {
 public:
  // `fleet` and `clock` must outlive the site.
  Site(SiteOptions options, SiteSources sources, const Fleet& fleet, const Clock& clock);

  [[nodiscard]] HttpServerResponse answer(const HttpServerRequest& request) const;

 private:
  [[nodiscard]] HttpServerResponse index(const HttpServerRequest& request) const;
  [[nodiscard]] HttpServerResponse metrics(const HttpServerRequest& request) const;
  [[nodiscard]] HttpServerResponse healthy(const HttpServerRequest& request) const;
  [[nodiscard]] HttpServerResponse ready(const HttpServerRequest& request) const;

  SiteOptions options_;
  SiteSources sources_;
  const Fleet& fleet_;
  const Clock& clock_;
};

// Flag `--web.telemetry-path`: "/" plus something, of characters that need no escaping, and none of our other
// paths.
[[nodiscard]] Result<void> check_telemetry_path(std::string_view path);

}  // namespace iothub

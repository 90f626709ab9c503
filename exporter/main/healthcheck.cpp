#include "main/healthcheck.hpp"

#include <chrono>
#include <string_view>

#include "core/system_clock.hpp"
#include "http/curl_client.hpp"

namespace iothub {

namespace {

std::string loopback_origin(std::string_view address) {
  const auto colon = address.rfind(':');
  const std::string_view host = address.substr(0, colon);
  const std::string_view port = colon == std::string_view::npos ? "10468" : address.substr(colon + 1);
  const bool wildcard = host.empty() || host == "0.0.0.0" || host == "[::]" || host == "*";
  return "http://" + std::string(wildcard ? "127.0.0.1" : host) + ":" + std::string(port);
}

}  // namespace

int healthcheck(const std::string& listen_address, std::ostream& complaints) {
  constexpr std::chrono::milliseconds kPatience{5'000};
  const SystemClock clock;
  HttpOptions options;
  options.connect_timeout = kPatience;
  options.request_timeout = kPatience;
  CurlClient http(options, clock);
  HttpRequest request;
  request.url = loopback_origin(listen_address) + "/-/healthy";
  const auto response = http.send(request, {});
  if (!response) {
    complaints << response.error().message << '\n';
    return 1;
  }
  if (response->status != 200) {
    complaints << response->body;
    return 1;
  }
  return 0;
}

}  // namespace iothub

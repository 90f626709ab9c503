#include "http/observed_client.hpp"

#include <string>
#include <utility>

#include "http/http_date.hpp"

namespace iothub {

namespace {

using std::chrono::seconds;

// A Date has whole seconds and was written at some time between the two.
std::optional<seconds> clock_skew(const HttpResponse& response, WallTime sent, WallTime received) {
  const auto date = parse_http_date(std::string(response.header("date")));
  if (!date) {
    return std::nullopt;
  }
  if (*date + seconds{1} < sent) {
    return std::chrono::duration_cast<seconds>(sent - *date);
  }
  return *date > received ? std::chrono::duration_cast<seconds>(received - *date) : seconds{0};
}

}  // namespace

ObservedClient::ObservedClient(HttpClient& inner, const Clock& clock, Observer observer)
    : inner_(inner), clock_(clock), observer_(std::move(observer)) {}

Result<HttpResponse> ObservedClient::send(const HttpRequest& request, const std::stop_token& stop) {
  const SteadyTime start = clock_.steady_now();
  const WallTime sent = clock_.wall_now();
  auto response = inner_.send(request, stop);
  const std::string code =
      response ? std::to_string(response->status) : std::string(to_label(response.error().kind));
  const bool tells_time = response && !request.is_local_service;
  observer_({.api = request.api,
             .code = code,
             .took = clock_.steady_now() - start,
             .clock_skew = tells_time ? clock_skew(*response, sent, clock_.wall_now()) : std::nullopt});
  return response;
}

}  // namespace iothub

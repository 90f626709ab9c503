#include "http/observed_client.hpp"

#include <string>
#include <utility>

namespace iothub {

ObservedClient::ObservedClient(HttpClient& inner, const Clock& clock, Observer observer)
    : inner_(inner), clock_(clock), observer_(std::move(observer)) {}

Result<HttpResponse> ObservedClient::send(const HttpRequest& request, const std::stop_token& stop) {
  const SteadyTime start = clock_.steady_now();
  auto response = inner_.send(request, stop);
  const std::string code =
      response ? std::to_string(response->status) : std::string(to_label(response.error().kind));
  observer_({.api = request.api, .code = code, .took = clock_.steady_now() - start});
  return response;
}

}  // namespace iothub

// Sending one HTTP request and getting the answer: the edge to Azure.
//
// CurlClient (curl_client.hpp) does it for real, ObservedClient (observed_client.hpp) measures another one,
// RetryingClient (retrying_client.hpp) asks another one again, and tests use FakeHttpClient
// (tests/support/fake_http_client.hpp).
#pragma once

#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace iothub {

// Names are lower case: clients fold what servers send, and HTTP/2 sends nothing else.
using HttpHeaders = std::map<std::string, std::string, std::less<>>;

// Which failures are worth another try. 400, 401, 403 and, but for an identity service, 404 never are.
enum class RetryRule : std::uint8_t {
  never,
  service,                 // lost connections, 408, 429, 500, 502, 503, 504
  service_but_throttling,  // the same without 429, for callers that share what they know of throttling
  identity_service,        // IMDS and its like: also 404, 410, any 5xx and timeouts
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;
  // Which call of Azure this is, as the `api` label of the request metrics: get_job, list_jobs, get_hub,
  // token, …
  std::string_view api;
  // The answer must be complete by then, in addition to the client's own limit for a request.
  SteadyTime deadline = SteadyTime::max();
  RetryRule retry = RetryRule::service;
  // The service that is asked belongs to this machine (IMDS, Azure Arc's agent, …): never through a proxy,
  // and plain http is good enough for link-local addresses, too.
  bool is_local_service = false;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;  // repeated ones joined with ", "
  std::string body;     // content encodings undone

  // The value of header `name` (lower case), empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view(found->second);
  }
};

// May be called from several threads at once.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Any answer of the server is a value, whatever its status. An Error means that there was none, or none
  // that can be used: network, tls, timeout, bad_response (too large, not HTTP), cancelled as soon as `stop`
  // is requested. Its message names the host, never a query, a header or a body.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request,
                                                  const std::stop_token& stop) = 0;
};

}  // namespace iothub

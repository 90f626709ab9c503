// The real HttpClient, on libcurl.
//
// TLS 1.2 at least with names verified; no redirects; plain http on loopback only; head and body bounded;
// gzip undone. Connections are kept and reused. A request obeys one deadline over everything and ends within
// milliseconds of a requested stop. Requests on loopback never go through a proxy.
#pragma once

#include <memory>

#include "http/http_client.hpp"
#include "http/http_options.hpp"

namespace iothub {

class CurlClient final : public HttpClient {
 public:
  // `clock` tells how long is left until a request's deadline; it must be the real one, for libcurl waits by
  // itself.
  CurlClient(HttpOptions options, const Clock& clock);
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override;

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override;

 private:
  class Transfer;
  class Pool;
  HttpOptions options_;
  const Clock& clock_;
  std::unique_ptr<Pool> pool_;
};

}  // namespace iothub

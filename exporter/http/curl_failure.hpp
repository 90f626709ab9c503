// What a failed transfer of libcurl means: the kind for programs, the words for people.
#pragma once

#include <chrono>
#include <string>

#include "core/error.hpp"
#include "http/url.hpp"

namespace iothub {

// What remains of a transfer that failed.
struct CurlFailure {
  int code = 0;              // a CURLcode
  std::string detail;        // libcurl's own words, which hold no URL, header or body
  int os_error = 0;          // errno of a failed connect
  bool is_resolved = false;  // the host name
  bool is_connected = false;
  bool is_ready = false;  // TLS is done, too: the request is on its way
  bool has_head = false;  // of the answer
};

struct CurlLimits {
  std::chrono::milliseconds connect;
  std::chrono::milliseconds total;
};

// "https://management.azure.com: no connection within 10s"
[[nodiscard]] Error explain(const CurlFailure& failure, const Url& url, const CurlLimits& limits);

}  // namespace iothub

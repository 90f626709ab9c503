// A CurlClient and servers for it to ask, for its tests.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/system_clock.hpp"
#include "http/curl_client.hpp"
#include "http/url.hpp"
#include "support/raw_server.hpp"

namespace iothub {

inline std::string answer(std::string_view body, std::string_view more_headers = "") {
  return "HTTP/1.1 200 OK\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline HttpRequest get(std::string url) {
  HttpRequest request;
  request.url = std::move(url);
  return request;
}

class CurlClientTest : public testing::Test {
 protected:
  Result<HttpResponse> ask(const HttpRequest& request, const std::stop_token& stop = {}) {
    if (const auto url = parse_url(request.url)) {
      origin_ = url->origin();
    }
    if (!client_) {
      client_.emplace(options_, clock_);
    }
    return client_->send(request, stop);
  }

  // What the client says of this answer to a GET; the connection is closed after it.
  Result<HttpResponse> ask_one_that_sends(std::string bytes) {
    RawServer server(RawServer::answering_once(std::move(bytes)));
    return ask(get(server.url()));
  }

  // `words` follow scheme, host and port of the last request.
  void expect_error(const Result<HttpResponse>& response, ErrorKind kind, const std::string& words) {
    ASSERT_FALSE(response) << response->status << response->body;
    EXPECT_EQ(to_label(response.error().kind), to_label(kind));
    EXPECT_EQ(response.error().message, origin_ + ": " + words);
  }

  static void expect_refusal_without_secrets(const Result<HttpResponse>& response) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::bad_config);
    EXPECT_THAT(response.error().message, testing::Not(testing::HasSubstr("secret")));
  }

  SystemClock clock_;
  HttpOptions options_;
  std::optional<CurlClient> client_;
  std::string origin_;
};

}  // namespace iothub

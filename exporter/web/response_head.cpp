#include "web/response_head.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <boost/beast/http/status.hpp>

#include "core/ascii.hpp"
#include "web/token.hpp"

namespace iothub {

namespace {

namespace http = boost::beast::http;

constexpr std::array<std::string_view, 6> kOwnHeaders{"content-length",    "content-type",
                                                      "connection",        "keep-alive",
                                                      "transfer-encoding", "x-content-type-options"};

std::string_view reason(int status) {
  const auto text = http::obsolete_reason(static_cast<http::status>(status));
  return {text.data(), text.size()};
}

bool is_safe_value(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_safe(std::string_view name, std::string_view value) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return is_token_char(c); }) &&
         std::ranges::none_of(kOwnHeaders,
                              [&](std::string_view own) { return equals_ignoring_case(name, own); }) &&
         is_safe_value(value);
}

}  // namespace

bool may_have_body(int status) {
  return status != 204 && status != 304;
}

std::optional<std::string> write_response_head(const HttpServerResponse& response, bool keep_alive) {
  if (response.status < 200 || response.status > 599 || !is_safe_value(response.content_type)) {
    return std::nullopt;
  }
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason(response.status);
  head += keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close";
  if (may_have_body(response.status)) {
    std::size_t length = 0;
    for (const BodyPart& part : response.body) {
      length += part->size();
    }
    head += "\r\nContent-Type: " + response.content_type;
    head += "\r\nContent-Length: " + std::to_string(length);
  }
  head += "\r\nX-Content-Type-Options: nosniff";
  for (const auto& [name, value] : response.headers) {
    if (!is_safe(name, value)) {
      return std::nullopt;
    }
    head.append("\r\n").append(name).append(": ").append(value);
  }
  head += "\r\n\r\n";
  return head;
}

HttpServerResponse plain_response(int status) {
  HttpServerResponse response;
  response.status = status;
  response.body.push_back(
      std::make_shared<const std::string>(std::to_string(status) + " " + std::string(reason(status)) + "\n"));
  return response;
}

}  // namespace iothub

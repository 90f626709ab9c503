#include "azure/arm_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.hpp"
#include "http/flat_json.hpp"
#include "http/retry_after.hpp"
#include "http/server_text.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestMessage = 300;
constexpr std::size_t kLongestFragment = 200;

ErrorKind kind_of(int status) {
  switch (status) {
    case 401:
      return ErrorKind::unauthorized;
    case 403:
      return ErrorKind::forbidden;
    case 404:
      return ErrorKind::not_found;
    case 408:
      return ErrorKind::timeout;
    case 429:
      return ErrorKind::throttled;
    default:
      return status >= 500 && status < 600 ? ErrorKind::server_error : ErrorKind::bad_response;
  }
}

}  // namespace

ArmErrorBody parse_arm_error(std::string_view body) {
  const auto json = FlatJson::parse(body);
  if (!json) {
    return {.code = {}, .message = server_text(body, kLongestFragment)};
  }
  const bool front_end = !json->text("error.code").empty() || !json->text("error.message").empty();
  const std::string_view code = json->text(front_end ? "error.code" : "code");
  const std::string_view message = json->text(front_end ? "error.message" : "message");
  if (code.empty() && message.empty()) {
    return {.code = {}, .message = server_text(body, kLongestFragment)};
  }
  return {.code = server_text(code, kLongestFragment), .message = server_text(message, kLongestMessage)};
}

Error arm_error(const HttpResponse& response) {
  const ArmErrorBody body = parse_arm_error(response.body);
  std::string message = "HTTP " + std::to_string(response.status);
  if (!body.code.empty()) {
    message += " " + body.code;
  }
  if (response.status >= 300 && response.status < 400) {
    message += ": a redirect, which is never followed";
  } else if (!body.message.empty()) {
    message += ": " + body.message;
  }
  for (const std::string_view name : {"x-ms-request-id", "x-ms-correlation-request-id"}) {
    if (const auto id = response.header(name); !id.empty()) {
      message += " [" + std::string(name) + " " + server_text(id, 80) + "]";
    }
  }
  return {
      .kind = kind_of(response.status), .message = std::move(message), .retry_after = retry_after(response)};
}

bool says_no_such_job(const HttpResponse& response) {
  if (response.status != 404) {
    return false;
  }
  const std::string code = parse_arm_error(response.body).code;
  return code == "404011" || equals_ignoring_case(code, "JobNotFound");
}

}  // namespace iothub

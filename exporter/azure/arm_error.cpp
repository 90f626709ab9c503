#include "azure/arm_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "http/flat_json.hpp"
#include "http/retry_after.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestMessage = 300;
constexpr std::size_t kLongestFragment = 200;

// One line, and without the signatures of storage URLs, which are keys to somebody's data.
std::string made_safe(std::string_view text, std::size_t limit) {
  constexpr std::array<std::string_view, 2> kSignatures{"sig=", "sig%3d"};
  const std::string lower = ascii_lower(text);
  std::string safe;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto* const found = std::ranges::find_if(kSignatures, [&](std::string_view name) {
      return std::string_view(lower).substr(at).starts_with(name);
    });
    if (found != kSignatures.end()) {
      safe += text.substr(at, found->size());
      safe += "***";
      at = std::min(text.find_first_of("&\"'<> \n", at + found->size()), text.size());
    } else {
      const char c = text[at++];
      safe += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return repaired_utf8(cut_utf8(safe, limit));
}

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
    return {.code = {}, .message = made_safe(body, kLongestFragment)};
  }
  const bool front_end = !json->text("error.code").empty() || !json->text("error.message").empty();
  const std::string_view code = json->text(front_end ? "error.code" : "code");
  const std::string_view message = json->text(front_end ? "error.message" : "message");
  if (code.empty() && message.empty()) {
    return {.code = {}, .message = made_safe(body, kLongestFragment)};
  }
  return {.code = made_safe(code, kLongestFragment), .message = made_safe(message, kLongestMessage)};
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
      message += " [" + std::string(name) + " " + made_safe(id, 80) + "]";
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

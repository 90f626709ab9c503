#include "auth/token_response.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/utf8.hpp"
#include "http/flat_json.hpp"

namespace iothub {

namespace {

using std::chrono::seconds;

constexpr seconds kShortestLife{60};
constexpr seconds kLongestLife{24 * 3600};

// Entra ID's error codes (MicrosoftDocs/entra-docs, reference-error-codes) as the person on call needs them.
constexpr std::array<std::pair<std::int64_t, std::string_view>, 14> kMeanings{{
    {7000215, "wrong client secret"},
    {7000222, "the client secret has expired"},
    {7000218, "no client secret or assertion was sent"},
    {700016, "the client id is not known in this tenant"},
    {90002, "the tenant does not exist"},
    {900023, "the tenant id is malformed"},
    {700027, "the certificate is not registered for this client, or the signature is wrong"},
    {700021, "the assertion's subject and issuer differ from the client id"},
    {700023, "the assertion has the wrong audience"},
    {50027, "the assertion is malformed"},
    {70011, "the scope is not valid"},
    {500011, "the scope's resource is not known in this tenant"},
    {50196, "the client asks in a loop"},
    {7000112, "the application is disabled"},
}};

std::string_view meaning_of(std::int64_t code) {
  const auto* found = std::ranges::find(kMeanings, code, &std::pair<std::int64_t, std::string_view>::first);
  return found == kMeanings.end() ? std::string_view{"the credential was refused"} : found->second;
}

// Short and printable, whatever the other side sent.
std::string shown(std::string_view text) {
  return repaired_utf8(cut_utf8(text, 80));
}

Error refusal(const HttpResponse& response) {
  std::string message = "Entra ID answered HTTP " + std::to_string(response.status);
  if (const auto body = FlatJson::parse(response.body)) {
    if (const auto code = body->integer("error_codes.0")) {
      message += ", AADSTS" + std::to_string(*code) + ": " + std::string(meaning_of(*code));
    } else if (const auto word = body->text("error"); !word.empty()) {
      message += ": " + shown(word);
    }
    for (const std::string_view name : {"trace_id", "correlation_id"}) {
      if (const auto id = body->text(name); !id.empty()) {
        message += ", " + std::string(name) + " " + shown(id);
      }
    }
  }
  if (response.status == 400 || response.status == 401 || response.status == 403) {
    return {.kind = ErrorKind::unauthorized, .message = std::move(message)};
  }
  if (response.status == 429) {
    return {.kind = ErrorKind::throttled, .message = std::move(message)};
  }
  return {.kind = response.status >= 500 ? ErrorKind::server_error : ErrorKind::bad_response,
          .message = std::move(message)};
}

}  // namespace

Result<AccessToken> parse_token_response(const HttpResponse& response) {
  if (response.status != 200) {
    return fail(refusal(response));
  }
  const auto body = FlatJson::parse(response.body);
  if (!body) {
    return fail(Error(body.error()).within("token"));
  }
  const std::string_view token = body->text("access_token");
  const bool sendable =
      !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!sendable) {
    return fail(ErrorKind::bad_response, "Entra ID's answer has no usable access_token");
  }
  const auto expires_in = body->integer("expires_in");
  if (!expires_in || *expires_in <= 0) {
    return fail(ErrorKind::bad_response, "Entra ID's answer has no usable expires_in");
  }
  const auto within_bounds = [](std::int64_t count) {
    return seconds{
        std::clamp(count, std::int64_t{kShortestLife.count()}, std::int64_t{kLongestLife.count()})};
  };
  const auto refresh_in = body->integer("refresh_in");
  return AccessToken{.value = Secret(std::string(token)),
                     .lifetime = within_bounds(*expires_in),
                     .refresh_in = refresh_in && *refresh_in > 0 ? within_bounds(*refresh_in) : seconds{0}};
}

}  // namespace iothub

#include "auth/token_response.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "auth/expiry_time.hpp"
#include "core/ascii.hpp"
#include "http/flat_json.hpp"
#include "http/retry_after.hpp"
#include "http/server_text.hpp"

namespace iothub {

namespace {

using std::chrono::seconds;

constexpr std::size_t kLongestText = 80;
constexpr std::size_t kLongestDescription = 200;

// Entra ID's error codes (MicrosoftDocs/entra-docs, reference-error-codes) as the person on call needs them.
constexpr std::array<std::pair<std::int64_t, std::string_view>, 22> kMeanings{{
    {7000215, "wrong client secret"},
    {7000222, "the client secret has expired"},
    {7000218, "no client secret or assertion was sent"},
    {700016, "the client id is not known in this tenant"},
    {90002, "the tenant does not exist"},
    {900023, "the tenant id is malformed"},
    {700027, "the certificate is not registered for this client, or the signature is wrong"},
    {700021, "the assertion's subject and issuer differ from the client id"},
    {700023, "the assertion has the wrong audience"},
    {700024, "the assertion is not valid at this time; is the clock right?"},
    {50027, "the assertion is malformed"},
    {70021, "no federated credential of this client has the token's issuer and subject"},
    {700211, "no federated credential of this client has the token's issuer"},
    {700212, "no federated credential of this client has the token's audience"},
    {700213, "no federated credential of this client has the token's subject"},
    {70011, "the scope is not valid"},
    {500011, "the scope's resource is not known in this tenant"},
    {50196, "the client asks in a loop"},
    {7000112, "the application is disabled"},
    {50034, "the application or its service principal is not known in this tenant"},
    {90033, "Entra ID is out of order for a moment"},
    {53003, "a conditional access policy forbids it"},
}};

// Words of the protocol and ids, and nothing else that the other side may have put in their place.
bool is_word(std::string_view text) {
  return text.size() <= kLongestText &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}
bool is_id(std::string_view text) {
  return text.size() <= kLongestText &&
         std::ranges::all_of(text, [](char c) { return is_ascii_hex_digit(c) || c == '-'; });
}

ErrorKind kind_of(int status) {
  switch (status) {
    case 400:
    case 401:
    case 403:
    case 404:
      return ErrorKind::unauthorized;
    case 408:
      return ErrorKind::timeout;
    case 429:
      return ErrorKind::throttled;
    case 410:  // an identity service that is being updated
      return ErrorKind::server_error;
    default:
      return status >= 500 && status < 600 ? ErrorKind::server_error : ErrorKind::bad_response;
  }
}

std::string answered(std::string_view issuer, int status) {
  return std::string(issuer) + " answered HTTP " + std::to_string(status);
}

seconds bounded(std::int64_t count) {
  return seconds{std::min(count, std::int64_t{seconds(kLongestTokenLife).count()})};
}

// How long a token lives, if the answer says so and it is not over yet.
std::optional<seconds> lifetime(const FlatJson& body, WallTime now) {
  auto count = body.integer("expires_in");
  if (!count) {
    const auto end = parse_expiry_time(std::string(body.text("expires_on")));
    count = end ? std::optional(std::chrono::floor<seconds>(*end - now).count()) : std::nullopt;
  }
  return count && *count > 0 ? std::optional(bounded(*count)) : std::nullopt;
}

}  // namespace

std::string_view meaning_of_aadsts(std::int64_t code) {
  const auto* found = std::ranges::find(kMeanings, code, &std::pair<std::int64_t, std::string_view>::first);
  return found == kMeanings.end() ? std::string_view{} : found->second;
}

Error entra_refusal(const HttpResponse& response) {
  std::string message = answered("Entra ID", response.status);
  std::string ids;
  if (const auto body = FlatJson::parse(response.body)) {
    if (const auto code = body->integer("error_codes.0")) {
      message += ", AADSTS" + std::to_string(*code);
      if (const auto meaning = meaning_of_aadsts(*code); !meaning.empty()) {
        message += ": " + std::string(meaning);
      }
    } else if (const auto word = body->text("error"); !word.empty() && is_word(word)) {
      message += ": " + std::string(word);
    }
    for (const std::string_view name : {"trace_id", "correlation_id"}) {
      if (const auto id = body->text(name); !id.empty() && is_id(id)) {
        ids += " [" + std::string(name) + " " + std::string(id) + "]";
      }
    }
  }
  return {.kind = kind_of(response.status), .message = message + ids, .retry_after = retry_after(response)};
}

Error identity_refusal(const HttpResponse& response, std::string_view issuer) {
  std::string message = answered(issuer, response.status);
  if (const auto body = FlatJson::parse(response.body)) {
    if (const auto word = body->text("error"); !word.empty()) {
      message += ": " + server_text(word, kLongestText);
    }
    if (const auto words = body->text("error_description"); !words.empty()) {
      message += ": " + server_text(words, kLongestDescription);
    } else if (const auto more = body->text("message"); !more.empty()) {  // App Service
      message += ": " + server_text(more, kLongestDescription);
    }
  }
  return {
      .kind = kind_of(response.status), .message = std::move(message), .retry_after = retry_after(response)};
}

bool is_sendable_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

Result<AccessToken> parse_token(const HttpResponse& response, std::string_view issuer, WallTime now) {
  const std::string answer = "the answer of " + std::string(issuer);
  const auto body = FlatJson::parse(response.body);
  if (!body) {
    return fail(Error(body.error()).within(answer));
  }
  const std::string_view token = body->text("access_token");
  if (!is_sendable_token(token)) {
    return fail(ErrorKind::bad_response, answer + " has no usable access_token");
  }
  const auto life = lifetime(*body, now);
  if (!life) {
    return fail(ErrorKind::bad_response, answer + " has no usable expires_in or expires_on");
  }
  const auto refresh_in = body->integer("refresh_in");
  return AccessToken{.value = Secret(std::string(token)),
                     .lifetime = *life,
                     .refresh_in = refresh_in && *refresh_in > 0 ? bounded(*refresh_in) : seconds{0}};
}

}  // namespace iothub

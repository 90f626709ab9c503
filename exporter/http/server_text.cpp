#include "http/server_text.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace iothub {

namespace {

constexpr std::string_view kEndOfValue = "&\"'<>;, \t\r\n\\)]}";
constexpr std::size_t kShortestToken = 20;  // "Bearer token" is no token

constexpr auto kNames = std::to_array<std::string_view>(
    {"sig", "accountkey", "sharedaccesskey", "primarykey", "secondarykey", "client_secret", "clientsecret",
     "client_assertion", "access_token", "accesstoken", "refresh_token", "password"});
constexpr auto kSeparators = std::to_array<std::string_view>({"=", "%3d", "%253d", "\\u003d", ":"});

std::size_t length_of_prefix(std::string_view lower, const auto& prefixes) {
  const auto* const found =
      std::ranges::find_if(prefixes, [&](std::string_view prefix) { return lower.starts_with(prefix); });
  return found == std::end(prefixes) ? 0 : found->size();
}

// "sig=", "AccountKey=", `"access_token":"`: how long what stands before a secret is; 0 if there is none.
std::size_t length_of_name(std::string_view lower) {
  const std::size_t name = length_of_prefix(lower, kNames);
  if (name == 0) {
    return 0;
  }
  const std::size_t middle = std::min(lower.find_first_not_of(" \"'", name), lower.size());
  const std::size_t separator = length_of_prefix(lower.substr(middle), kSeparators);
  if (separator == 0) {
    return 0;
  }
  const std::size_t end = lower.find_first_not_of(" \"'", middle + separator);
  return std::min(end, lower.size());
}

std::size_t length_of_value(std::string_view text) {
  return std::min(text.find_first_of(kEndOfValue), text.size());
}

constexpr bool is_of_token(char c) {
  return is_ascii_letter(c) || is_ascii_digit(c) || c == '_' || c == '-' || c == '.';
}

struct Found {
  std::size_t shown = 0;   // bytes to leave as they are
  std::size_t hidden = 0;  // bytes of the secret after them; 0 if there is none here
};

Found secret_at(std::string_view text, std::string_view lower) {
  constexpr std::string_view kBearer = "bearer ";
  if (const std::size_t name = length_of_name(lower); name > 0) {
    return {.shown = name, .hidden = length_of_value(text.substr(name))};
  }
  const bool is_bearer = lower.starts_with(kBearer);
  if (is_bearer || text.starts_with("eyJ")) {  // what every JSON Web Token begins with
    const std::size_t shown = is_bearer ? kBearer.size() : 0;
    const auto* const end = std::ranges::find_if_not(text.substr(shown), is_of_token);
    const auto hidden = static_cast<std::size_t>(end - text.begin()) - shown;
    return {.shown = shown, .hidden = is_bearer && hidden < kShortestToken ? 0 : hidden};
  }
  return {};
}

}  // namespace

std::string server_text(std::string_view text, std::size_t limit) {
  const std::string lower = ascii_lower(text);
  std::string safe;
  std::size_t at = 0;
  while (at < text.size()) {
    const Found found = secret_at(text.substr(at), std::string_view(lower).substr(at));
    if (found.hidden > 0) {
      safe += text.substr(at, found.shown);
      safe += "***";
      at += found.shown + found.hidden;
    } else {
      const char c = text[at++];
      safe += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return repaired_utf8(cut_utf8(safe, limit));
}

}  // namespace iothub

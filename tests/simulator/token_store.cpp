#include "simulator/token_store.hpp"

#include <algorithm>

#include "simulator/base64.hpp"
#include "simulator/json_text.hpp"

namespace azure_simulator {
namespace {

constexpr std::size_t kSignatureBytes = 256;

std::string claims(const Token& token, std::string_view issuer) {
  JsonText json;
  json.begin_object().text("aud", token.audience).text("iss", issuer);
  json.number("iat", unix_seconds(token.issued)).number("nbf", unix_seconds(token.issued));
  json.number("exp", unix_seconds(token.expires));
  json.text("appid", token.client).text("appidacr", "1").text("idp", issuer).text("idtyp", "app");
  json.text("oid", token.object_id).text("sub", token.object_id).text("tid", token.tenant);
  json.text("uti", random_base64url(16)).text("ver", "1.0").end_object();
  return json.take();
}

}  // namespace

std::string TokenStore::issue(const Token& token, std::string_view issuer) {
  const std::string header = R"({"typ":"JWT","alg":"RS256","x5t":"c2ltdWxhdG9y","kid":"c2ltdWxhdG9y"})";
  std::string text =
      base64url(header) + "." + base64url(claims(token, issuer)) + "." + random_base64url(kSignatureBytes);
  tokens_[text] = token;
  return text;
}

std::optional<Token> TokenStore::find(std::string_view text) const {
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> TokenStore::texts() const {
  std::vector<std::string> texts;
  for (const auto& [text, token] : tokens_) {
    texts.push_back(text);
  }
  return texts;
}

void TokenStore::expire_all(Time now) {
  for (auto& [text, token] : tokens_) {
    token.expires = std::min(token.expires, now);
  }
}

}  // namespace azure_simulator

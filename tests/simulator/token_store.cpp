#include "simulator/token_store.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "simulator/json_text.hpp"

namespace azure_simulator {
namespace {

constexpr std::size_t kSignatureBytes = 256;

std::string base64url(const unsigned char* bytes, std::size_t size) {
  std::vector<unsigned char> encoded(4 * ((size + 2) / 3) + 1);
  const int length = EVP_EncodeBlock(encoded.data(), bytes, static_cast<int>(size));
  std::string text(encoded.begin(), encoded.begin() + length);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::string base64url(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL counts in unsigned bytes.
  return base64url(reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

std::string random_text(std::size_t size) {
  std::vector<unsigned char> bytes(size);
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return base64url(bytes.data(), bytes.size());
}

std::int64_t unix_seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string claims(const Token& token, std::string_view issuer) {
  JsonText json;
  json.begin_object().text("aud", token.audience).text("iss", issuer);
  json.number("iat", unix_seconds(token.issued)).number("nbf", unix_seconds(token.issued));
  json.number("exp", unix_seconds(token.expires));
  json.text("appid", token.client).text("appidacr", "1").text("idp", issuer).text("idtyp", "app");
  json.text("oid", token.object_id).text("sub", token.object_id).text("tid", token.tenant);
  json.text("uti", random_text(16)).text("ver", "1.0").end_object();
  return json.take();
}

}  // namespace

std::string TokenStore::issue(const Token& token, std::string_view issuer) {
  const std::string header = R"({"typ":"JWT","alg":"RS256","x5t":"c2ltdWxhdG9y","kid":"c2ltdWxhdG9y"})";
  std::string text =
      base64url(header) + "." + base64url(claims(token, issuer)) + "." + random_text(kSignatureBytes);
  tokens_[text] = token;
  return text;
}

std::optional<Token> TokenStore::find(std::string_view text) const {
  const auto found = tokens_.find(text);
  return found == tokens_.end() ? std::nullopt : std::optional(found->second);
}

void TokenStore::expire_all(Time now) {
  for (auto& [text, token] : tokens_) {
    token.expires = std::min(token.expires, now);
  }
}

}  // namespace azure_simulator

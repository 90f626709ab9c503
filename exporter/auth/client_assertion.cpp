#include "auth/client_assertion.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include <openssl/rand.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "auth/base64.hpp"

namespace iothub {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr std::chrono::minutes kLife{10};

void write(Writer& json, std::string_view key, std::string_view value) {
  json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  json.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void write(Writer& json, std::string_view key, WallTime time) {
  json.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  json.Int64(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string header_of(const ClientCertificate& certificate, SignatureAlgorithm algorithm, bool with_chain) {
  rapidjson::StringBuffer text;
  Writer json(text);
  const bool is_ps256 = algorithm == SignatureAlgorithm::ps256;
  json.StartObject();
  write(json, "alg", is_ps256 ? "PS256" : "RS256");
  write(json, "typ", "JWT");
  write(json, is_ps256 ? "x5t#S256" : "x5t",
        base64url(is_ps256 ? certificate.sha256_thumbprint() : certificate.sha1_thumbprint()));
  if (with_chain) {
    json.Key("x5c");
    json.StartArray();
    for (const std::string& der : certificate.chain()) {
      const std::string encoded = base64(der);  // not for URLs: RFC 7515, 4.1.6
      json.String(encoded.data(), static_cast<rapidjson::SizeType>(encoded.size()));
    }
    json.EndArray();
  }
  json.EndObject();
  return {text.GetString(), text.GetSize()};
}

std::string payload_of(const AssertionClaims& claims) {
  rapidjson::StringBuffer text;
  Writer json(text);
  json.StartObject();
  write(json, "aud", claims.audience);
  write(json, "iss", claims.client_id);
  write(json, "sub", claims.client_id);
  write(json, "jti", claims.id);
  write(json, "nbf", claims.now);
  write(json, "iat", claims.now);
  write(json, "exp", claims.now + kLife);
  json.EndObject();
  return {text.GetString(), text.GetSize()};
}

}  // namespace

Result<Secret> sign_assertion(const ClientCertificate& certificate, const AssertionClaims& claims,
                              SignatureAlgorithm algorithm, bool with_chain) {
  const std::string text =
      base64url(header_of(certificate, algorithm, with_chain)) + "." + base64url(payload_of(claims));
  return certificate.sign(text, algorithm).map([&](const std::string& signature) {
    return Secret(text + "." + base64url(signature));
  });
}

Result<std::string> random_guid() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return fail(ErrorKind::internal, "no random numbers are to be had");
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string guid;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      guid += '-';
    }
    guid += {kHex.at(bytes.at(i) >> 4U), kHex.at(bytes.at(i) & 15U)};
  }
  return guid;
}

}  // namespace iothub

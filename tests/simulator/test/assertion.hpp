// Assertions of clients for tests: right by default, each part of them easily wrong.
#pragma once

#include <string>
#include <string_view>

#include <openssl/pem.h>

#include "simulator/base64.hpp"
#include "simulator/client_certificate.hpp"
#include "simulator/signature.hpp"
#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {

inline constexpr std::string_view kCertified = "4c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr std::string_view kAdFsClient = "5c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";

// Making a key takes long, so all tests of a process share two certificates.
inline ClientCertificate make_certificate(Time from, Time until) {
  return make_client_certificate("exporter", from, until).value();
}
inline const ClientCertificate& registered() {
  static const ClientCertificate certificate =
      make_certificate(kNoon - std::chrono::hours{24}, kNoon + std::chrono::hours{24});
  return certificate;
}
inline const ClientCertificate& unregistered() {
  static const ClientCertificate certificate =
      make_certificate(kNoon - std::chrono::hours{24}, kNoon + std::chrono::hours{24});
  return certificate;
}

inline PrivateKey key_of(const ClientCertificate& certificate) {
  const std::string& pem = certificate.key_pem;
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return PrivateKey(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
}

// As a text of YAML or JSON.
inline std::string quoted_pem(const std::string& pem) {
  std::string quoted = "\"";
  for (const char c : pem) {
    quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return quoted + "\"";
}

struct Assertion {
  Algorithm algorithm = Algorithm::ps256;
  std::string alg = "PS256";
  std::string typ = "JWT";
  std::string digest_name = "x5t#S256";
  const EVP_MD* digest = EVP_sha256();
  const ClientCertificate* certificate = &registered();
  const ClientCertificate* key = &registered();
  std::string more_header{};  // `,"name":value`
  std::string iss{kCertified};
  std::string sub{kCertified};
  std::string aud = "https://azure.test:8443/" + std::string(kTenant) + "/oauth2/v2.0/token";
  std::string jti = "first";
  Time from = kNoon;
  Time until = kNoon + std::chrono::minutes{10};

  [[nodiscard]] std::string unsigned_text() const {
    const std::string header =
        R"({"alg":")" + alg + R"(","typ":")" + typ + R"(",")" + digest_name + R"(":")" +
        thumbprint(read_certificate(certificate->certificate_pem).get(), digest) + "\"" + more_header + "}";
    const std::string claims = R"({"aud":")" + aud + R"(","iss":")" + iss + R"(","sub":")" + sub +
                               R"(","jti":")" + jti + R"(","nbf":)" + std::to_string(unix_seconds(from)) +
                               R"(,"exp":)" + std::to_string(unix_seconds(until)) + "}";
    return base64url(header) + "." + base64url(claims);
  }

  [[nodiscard]] std::string text() const {
    const std::string text = unsigned_text();
    return text + "." + base64url(sign(key_of(*key).get(), algorithm, text));
  }
};

// The older form, which AD FS wants.
inline Assertion rs256() {
  return {.algorithm = Algorithm::rs256, .alg = "RS256", .digest_name = "x5t", .digest = EVP_sha1()};
}

inline std::string assertion_form(const std::string& assertion, std::string_view client = kCertified) {
  return "grant_type=client_credentials&client_id=" + std::string(client) +
         "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
         "&client_assertion=" +
         assertion + "&scope=" + std::string(kScope);
}

}  // namespace azure_simulator

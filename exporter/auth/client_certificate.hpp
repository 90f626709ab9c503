// A certificate with its private key, as an application registered in Entra ID proves itself with: for
// client_assertion.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

// JSON Web Algorithms (RFC 7518): RSASSA-PSS with a salt of 32 bytes, and RSASSA-PKCS1-v1_5; both SHA-256.
enum class SignatureAlgorithm : std::uint8_t { ps256, rs256 };

class ClientCertificate {
 public:
  // `content` is PEM (the certificate, its key and perhaps its issuers, in any order) or PFX. Errors
  // (bad_config) are sentences without the file's name and without anything of its content: no certificate,
  // no key, a key that is encrypted, not RSA or of another certificate, a wrong password.
  [[nodiscard]] static Result<ClientCertificate> parse(const Secret& content,
                                                       const std::optional<Secret>& password);

  ClientCertificate(const ClientCertificate&) = delete;
  ClientCertificate& operator=(const ClientCertificate&) = delete;
  ClientCertificate(ClientCertificate&&) noexcept;
  ClientCertificate& operator=(ClientCertificate&&) noexcept;
  ~ClientCertificate();

  // Fails (internal) only if OpenSSL cannot sign.
  [[nodiscard]] Result<std::string> sign(std::string_view text, SignatureAlgorithm algorithm) const;

  // Digests of the certificate as DER.
  [[nodiscard]] std::string sha1_thumbprint() const;
  [[nodiscard]] std::string sha256_thumbprint() const;

  // The certificate and then its issuers in the file's order, as DER.
  [[nodiscard]] std::vector<std::string> chain() const;

  [[nodiscard]] WallTime expires_at() const;

 private:
  struct Parts;
  explicit ClientCertificate(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace iothub

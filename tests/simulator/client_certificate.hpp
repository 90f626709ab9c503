// Certificates that clients log in with: how the simulator reads them, and new ones for tests.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "simulator/clock.hpp"
#include "simulator/openssl_handles.hpp"

namespace azure_simulator {

// The first certificate of a PEM text; null if there is none, or if its key is not RSA.
Certificate read_certificate(std::string_view pem);

// What `x5t` (SHA-1) and `x5t#S256` (SHA-256) of a JWT hold: the base64url of the certificate's digest.
std::string thumbprint(const X509* certificate, const EVP_MD* digest);
// The same of bytes that claim to be a certificate.
std::string thumbprint(std::string_view der, const EVP_MD* digest);

bool is_valid_at(const X509* certificate, Time time);

struct ClientCertificate {
  std::string certificate_pem;
  std::string key_pem;  // PKCS #8, not encrypted
};

// Signed by itself, with a new RSA key of 2048 bits.
[[nodiscard]] tl::expected<ClientCertificate, std::string> make_client_certificate(
    const std::string& common_name, Time valid_from, Time valid_until);

}  // namespace azure_simulator

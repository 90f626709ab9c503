// The two signatures that Entra ID takes from clients, both by an RSA key over SHA-256.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "simulator/openssl_handles.hpp"

namespace azure_simulator {

enum class Algorithm : std::uint8_t {
  rs256,  // PKCS #1 version 1.5
  ps256,  // PSS, its salt as long as the digest: 32 bytes
};

// 2048 bits; null if OpenSSL cannot.
PrivateKey make_rsa_key();

// The bytes of the signature; empty if the key cannot sign so.
std::string sign(EVP_PKEY* key, Algorithm algorithm, std::string_view text);

bool verify(EVP_PKEY* key, Algorithm algorithm, std::string_view text, std::string_view signature);

}  // namespace azure_simulator

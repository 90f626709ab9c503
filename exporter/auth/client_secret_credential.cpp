#include "auth/client_secret_credential.hpp"

#include <utility>

#include "auth/secret_file.hpp"

namespace iothub {

ClientSecretCredential::ClientSecretCredential(EntraId entra, ClientSecretOptions options)
    : entra_(std::move(entra)), options_(std::move(options)) {}

Result<AccessToken> ClientSecretCredential::fetch(const std::stop_token& stop) {
  const auto secret = read_secret(options_.client_secret);
  if (!secret) {
    return fail(secret.error());
  }
  auto token = entra_.request_token({{"client_secret", secret->reveal()}}, stop);
  if (token) {
    token->method = "client_secret";
  }
  return token;
}

}  // namespace iothub

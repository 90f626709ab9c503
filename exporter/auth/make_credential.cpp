#include "auth/make_credential.hpp"

#include <variant>

#include "auth/client_secret_credential.hpp"

namespace iothub {

std::unique_ptr<Credential> make_credential(const CredentialOptions& options, HttpClient& http) {
  return std::visit(
      [&](const ClientSecretOptions& method) -> std::unique_ptr<Credential> {
        return std::make_unique<ClientSecretCredential>(http, options.authority_host, options.scope, method);
      },
      options.method);
}

}  // namespace iothub

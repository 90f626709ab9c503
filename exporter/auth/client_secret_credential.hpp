// OAuth 2.0 client credentials with a secret.
#pragma once

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "auth/entra_id.hpp"

namespace iothub {

class ClientSecretCredential final : public Credential {
 public:
  ClientSecretCredential(EntraId entra, ClientSecretOptions options);

  // Also fails with bad_config when the file of the secret cannot be read.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  EntraId entra_;
  ClientSecretOptions options_;
};

}  // namespace iothub

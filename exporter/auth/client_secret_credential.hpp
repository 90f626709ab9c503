// OAuth 2.0 client credentials with a secret, at Entra ID's v2.0 token endpoint.
#pragma once

#include <string>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

class ClientSecretCredential final : public Credential {
 public:
  ClientSecretCredential(HttpClient& http, std::string authority_host, std::string scope,
                         ClientSecretOptions options);

  // Also fails with bad_config when the file of the secret cannot be read.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  HttpClient& http_;
  std::string url_;
  std::string scope_;
  ClientSecretOptions options_;
};

}  // namespace iothub

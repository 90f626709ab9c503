// The identity of a machine outside Azure that Azure Arc manages. Its agent wants to see that we may read a
// file which it has just written: only root and the group `himds` may.
#pragma once

#include <string>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

class AzureArcCredential final : public Credential {
 public:
  AzureArcCredential(HttpClient& http, const Clock& clock, std::string scope, ManagedIdentityOptions options);

  // Also fails with unauthorized when the agent's challenge names a file that it has no business to name,
  // and with bad_config when the file cannot be read.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  HttpClient& http_;
  const Clock& clock_;
  std::string scope_;
  ManagedIdentityOptions options_;
};

}  // namespace iothub

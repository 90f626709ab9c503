// OAuth 2.0 client credentials with a token of another issuer, a Kubernetes cluster above all, that the
// application trusts by a federated credential.
#pragma once

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "auth/entra_id.hpp"

namespace iothub {

class WorkloadIdentityCredential final : public Credential {
 public:
  WorkloadIdentityCredential(EntraId entra, WorkloadIdentityOptions options);

  // Also fails with bad_config when the file of the token cannot be read.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  EntraId entra_;
  WorkloadIdentityOptions options_;
};

}  // namespace iothub

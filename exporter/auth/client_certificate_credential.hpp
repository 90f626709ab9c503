// OAuth 2.0 client credentials with an assertion that a certificate's key has signed.
#pragma once

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "auth/entra_id.hpp"

namespace iothub {

class ClientCertificateCredential final : public Credential {
 public:
  ClientCertificateCredential(EntraId entra, const Clock& clock, ClientCertificateOptions options);

  // Reads the files anew and signs a fresh assertion. Also fails with bad_config when the certificate or its
  // password cannot be read or used.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  EntraId entra_;
  const Clock& clock_;
  ClientCertificateOptions options_;
};

}  // namespace iothub

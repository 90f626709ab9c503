// Whoever is logged in to the Azure CLI: for a developer's own machine.
#pragma once

#include <chrono>
#include <string>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"

namespace iothub {

class AzureCliCredential final : public Credential {
 public:
  // `az` may take `limit`; the default is that of Microsoft's own libraries.
  AzureCliCredential(const Clock& clock, std::string scope, AzureCliOptions options,
                     std::chrono::milliseconds limit = std::chrono::seconds{13});

  // Errors: unauthorized (there is no `az`, nobody is logged in, or it says anything else than a token),
  // timeout, cancelled.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  const Clock& clock_;
  std::string scope_;
  AzureCliOptions options_;
  std::chrono::milliseconds limit_;
};

}  // namespace iothub

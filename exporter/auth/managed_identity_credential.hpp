// The identity that Azure gives a virtual machine, an app or a shell: tokens come from a service of the
// machine, and there is nothing to prove. (Azure Arc wants proof: azure_arc_credential.hpp.)
#pragma once

#include <cstdint>
#include <string>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

// Whether the service is known to be there.
enum class Probe : std::uint8_t { none, first };

class ManagedIdentityCredential final : public Credential {
 public:
  // With Probe::first nothing is asked of IMDS for good before it has answered anything at all within a
  // second: for `auto`, on machines that may have none.
  ManagedIdentityCredential(HttpClient& http, const Clock& clock, std::string scope,
                            ManagedIdentityOptions options, Probe probe);

  // Also fails with unauthorized when the probe finds no service.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  [[nodiscard]] Result<void> find_service(const std::stop_token& stop);

  HttpClient& http_;
  const Clock& clock_;
  std::string scope_;
  ManagedIdentityOptions options_;
  bool is_probe_due_;
};

}  // namespace iothub

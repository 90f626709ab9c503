#include "auth/make_credential.hpp"

#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "auth/azure_arc_credential.hpp"
#include "auth/azure_cli_credential.hpp"
#include "auth/chained_credential.hpp"
#include "auth/client_certificate_credential.hpp"
#include "auth/client_secret_credential.hpp"
#include "auth/managed_identity_credential.hpp"
#include "auth/workload_identity_credential.hpp"

namespace iothub {

namespace {

class Maker {
 public:
  Maker(const CredentialOptions& options, HttpClient& http, const Clock& clock)
      : options_(options), http_(http), clock_(clock) {}

  ChainedCredential::Link operator()(const ClientSecretOptions& method) const {
    return {"client_secret",
            std::make_unique<ClientSecretCredential>(entra(method.tenant_id, method.client_id), method)};
  }
  ChainedCredential::Link operator()(const ClientCertificateOptions& method) const {
    return {"client_certificate", std::make_unique<ClientCertificateCredential>(
                                      entra(method.tenant_id, method.client_id), clock_, method)};
  }
  ChainedCredential::Link operator()(const WorkloadIdentityOptions& method) const {
    return {"workload_identity",
            std::make_unique<WorkloadIdentityCredential>(entra(method.tenant_id, method.client_id), method)};
  }
  ChainedCredential::Link operator()(const ManagedIdentityOptions& method) const {
    constexpr std::string_view name = "managed_identity";
    if (method.source == IdentitySource::azure_arc) {
      return {name, std::make_unique<AzureArcCredential>(http_, clock_, options_.scope, method)};
    }
    const Probe probe =
        options_.methods.size() > 1 || !options_.left_out.empty() ? Probe::first : Probe::none;
    return {name, std::make_unique<ManagedIdentityCredential>(http_, clock_, options_.scope, method, probe)};
  }
  ChainedCredential::Link operator()(const AzureCliOptions& method) const {
    return {"azure_cli", std::make_unique<AzureCliCredential>(clock_, options_.scope, method)};
  }

 private:
  [[nodiscard]] EntraId entra(const std::string& tenant_id, const std::string& client_id) const {
    return {http_, clock_, options_.authority_host, tenant_id, client_id, options_.scope};
  }

  const CredentialOptions& options_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace

std::unique_ptr<Credential> make_credential(const CredentialOptions& options, HttpClient& http,
                                            const Clock& clock) {
  std::vector<ChainedCredential::Link> links;
  for (const CredentialMethod& method : options.methods) {
    links.push_back(std::visit(Maker(options, http, clock), method));
  }
  if (links.size() == 1 && options.left_out.empty()) {
    return std::move(links.front().credential);
  }
  return std::make_unique<ChainedCredential>(std::move(links), options.left_out);
}

}  // namespace iothub

// The service principal that the AZURE_* variables describe.
#include "config/azure_names.hpp"
#include "config/credential_types.hpp"
#include "core/ascii.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

FoundMethod fail_with(std::string reason) {
  return tl::unexpected<std::string>(std::move(reason));
}

FoundMethod with_certificate(const AzureVariables& variables, std::string tenant_id, std::string client_id) {
  ClientCertificateOptions options{.tenant_id = std::move(tenant_id),
                                   .client_id = std::move(client_id),
                                   .certificate_file = variables.get("AZURE_CLIENT_CERTIFICATE_PATH")};
  if (const auto fault = certificate_file_fault(options.certificate_file)) {
    return fail_with("AZURE_CLIENT_CERTIFICATE_PATH names a file that " + *fault +
                     "; expected one with the certificate and its private key (PEM or PFX)");
  }
  if (auto password = variables.get("AZURE_CLIENT_CERTIFICATE_PASSWORD"); !password.empty()) {
    options.password = Secret(std::move(password));
  }
  const auto chain = variables.get("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN");
  options.send_certificate_chain = chain == "1" || equals_ignoring_case(chain, "true");
  return options;
}

}  // namespace

tl::expected<AzureConfig, std::string> with_authority_of(const AzureVariables& variables, AzureConfig azure) {
  const auto host = variables.get("AZURE_AUTHORITY_HOST");
  if (host.empty() || azure.names_authority) {
    return azure;
  }
  auto endpoint = parse_endpoint(host);
  if (!endpoint) {
    return tl::unexpected<std::string>(unfit("AZURE_AUTHORITY_HOST", "an address that begins with https://"));
  }
  azure.cloud.authority_host = *std::move(endpoint);
  azure.names_authority = true;
  return azure;
}

FoundMethod find_service_principal(const AzureVariables& variables, const AzureConfig& azure) {
  std::vector<std::string> unset;
  for (const std::string name : {"AZURE_TENANT_ID", "AZURE_CLIENT_ID"}) {
    if (!variables.has(name)) {
      unset.push_back(name);
    }
  }
  auto secret = variables.get("AZURE_CLIENT_SECRET");
  if (secret.empty() && !variables.has("AZURE_CLIENT_CERTIFICATE_PATH")) {
    unset.emplace_back("AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)");
  }
  if (!unset.empty()) {
    return fail_with(not_set(unset));
  }
  auto tenant_id = checked(variables, "AZURE_TENANT_ID", is_tenant_or_adfs, kExpectedTenantOrAdfs);
  auto client_id = checked(variables, "AZURE_CLIENT_ID", is_guid, kExpectedGuid);
  if (!tenant_id || !client_id) {
    return fail_with(!tenant_id ? tenant_id.error() : client_id.error());
  }
  if (is_adfs(*tenant_id)) {
    tenant_id = "adfs";
    if (!azure.names_authority) {
      return fail_with(
          "AZURE_TENANT_ID is adfs, which Entra ID does not know, expected the address of the AD FS server "
          "as "
          "AZURE_AUTHORITY_HOST");
    }
  }
  if (secret.empty()) {
    return with_certificate(variables, *std::move(tenant_id), *std::move(client_id));
  }
  if (!is_one_line(secret)) {
    return fail_with(unfit("AZURE_CLIENT_SECRET", "the client secret on one line"));
  }
  return ClientSecretOptions{.tenant_id = *std::move(tenant_id),
                             .client_id = *std::move(client_id),
                             .client_secret = Secret(std::move(secret))};
}

std::optional<CredentialOptions> read_environment(const Section& section, const std::string& name,
                                                  const AzureConfig& azure) {
  const AzureVariables variables(section.value().context().environment);
  const auto complain = [&](const std::string& sentence) {
    section.value().complain(sentence + "; type environment takes everything from the environment");
  };
  const auto there = with_authority_of(variables, azure);
  if (!there) {
    complain(there.error());
  }
  auto method = find_service_principal(variables, there.value_or(azure));
  if (!method) {
    complain(method.error());
    return std::nullopt;
  }
  return credential_of(name, there.value_or(azure), {*std::move(method)});
}

}  // namespace iothub

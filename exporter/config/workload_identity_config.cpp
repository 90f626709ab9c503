// Workload identities of Kubernetes: the cluster writes a token into a file, and three variables that say
// whose it is.
#include "config/azure_names.hpp"
#include "config/credential_types.hpp"

namespace iothub {

namespace {

constexpr std::string_view kDefaultTokenFile = "/var/run/secrets/azure/tokens/azure-identity-token";
constexpr std::string_view kStartOfToken = "eyJ";  // {" in base64

// An id that the configuration or a variable gives, the configuration first.
std::optional<std::string> read_id_or(const AzureVariables& variables, const std::string& variable,
                                      const Section& section, std::string_view key,
                                      bool (*is_valid)(std::string_view), std::string_view expected) {
  if (section.find(key) || !section.lacks(key)) {
    return read_id(section, key, is_valid, expected);
  }
  auto id = checked(variables, variable, is_valid, expected);
  if (id) {
    return *std::move(id);
  }
  section.value().complain(variables.has(variable) ? id.error()
                                                   : std::string(key) + " is missing and " + id.error() +
                                                         ", expected " + std::string(expected));
  return std::nullopt;
}

std::optional<std::string> read_token_file(const AzureVariables& variables, const Section& section) {
  const auto value = section.find("token_file");
  if (!value) {
    auto path = variables.get("AZURE_FEDERATED_TOKEN_FILE");
    return path.empty() ? std::string(kDefaultTokenFile) : path;
  }
  constexpr std::string_view expected = "the path of a file with a token";
  const auto name = value->text(expected);
  if (!name) {
    return std::nullopt;
  }
  if (name->starts_with(kStartOfToken)) {
    value->complain("found a token (not shown), expected " + std::string(expected));
    return std::nullopt;
  }
  return (value->context().folder / *name).lexically_normal().string();
}

}  // namespace

FoundMethod find_workload_identity(const AzureVariables& variables) {
  std::vector<std::string> unset;
  for (const std::string name : {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"}) {
    if (!variables.has(name)) {
      unset.push_back(name);
    }
  }
  if (!unset.empty()) {
    return tl::unexpected<std::string>(not_set(unset));
  }
  auto tenant_id = checked(variables, "AZURE_TENANT_ID", is_tenant, kExpectedTenant);
  auto client_id = checked(variables, "AZURE_CLIENT_ID", is_guid, kExpectedGuid);
  if (!tenant_id || !client_id) {
    return tl::unexpected<std::string>(!tenant_id ? tenant_id.error() : client_id.error());
  }
  return WorkloadIdentityOptions{.tenant_id = *std::move(tenant_id),
                                 .client_id = *std::move(client_id),
                                 .token_file = variables.get("AZURE_FEDERATED_TOKEN_FILE")};
}

std::optional<CredentialOptions> read_workload_identity(const Section& section, const std::string& name,
                                                        const AzureConfig& azure) {
  const AzureVariables variables(section.value().context().environment);
  auto tenant_id = read_id_or(variables, "AZURE_TENANT_ID", section, "tenant_id", is_tenant, kExpectedTenant);
  auto client_id = read_id_or(variables, "AZURE_CLIENT_ID", section, "client_id", is_guid, kExpectedGuid);
  auto token_file = read_token_file(variables, section);
  const auto there = with_authority_of(variables, azure);
  if (!there) {
    section.value().complain(there.error());
  }
  if (!tenant_id || !client_id || !token_file || !there) {
    return std::nullopt;
  }
  return credential_of(name, *there,
                       {WorkloadIdentityOptions{.tenant_id = *std::move(tenant_id),
                                                .client_id = *std::move(client_id),
                                                .token_file = *std::move(token_file)}});
}

}  // namespace iothub

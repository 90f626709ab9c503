#include <algorithm>
#include <array>
#include <span>

#include "config/azure_names.hpp"
#include "config/credential_types.hpp"
#include "config/expand.hpp"
#include "config/sections.hpp"
#include "core/ascii.hpp"

namespace iothub {

namespace {

using Keys = std::span<const std::string_view>;

struct Type {
  std::string_view name;
  Keys keys;  // besides `type`
  std::optional<CredentialOptions> (*read)(const Section&, const std::string&, const AzureConfig&);
};

constexpr auto kFromEnvironment = std::to_array<std::string_view>({"authority_host"});
constexpr auto kClientSecret = std::to_array<std::string_view>(
    {"tenant_id", "client_id", "client_secret", "client_secret_file", "authority_host"});
constexpr auto kClientCertificate = std::to_array<std::string_view>(
    {"tenant_id", "client_id", "certificate_file", "certificate_password_file", "send_certificate_chain",
     "authority_host"});
constexpr auto kWorkloadIdentity =
    std::to_array<std::string_view>({"tenant_id", "client_id", "token_file", "authority_host"});
constexpr auto kManagedIdentity = std::to_array<std::string_view>({"identity"});
constexpr auto kAzureCli = std::to_array<std::string_view>({"tenant_id"});

constexpr auto kTypes = std::to_array<Type>({
    {"auto", kFromEnvironment, read_auto},
    {"environment", kFromEnvironment, read_environment},
    {"client_secret", kClientSecret, read_client_secret},
    {"client_certificate", kClientCertificate, read_client_certificate},
    {"workload_identity", kWorkloadIdentity, read_workload_identity},
    {"managed_identity", kManagedIdentity, read_managed_identity},
    {"azure_cli", kAzureCli, read_azure_cli},
});

const Type* find_type(const std::optional<Value>& value) {
  if (!value) {
    return &kTypes.front();
  }
  std::array<std::string_view, kTypes.size()> names;
  std::ranges::transform(kTypes, names.begin(), &Type::name);
  const auto name = value->one_of(names);
  return name ? &*std::ranges::find(kTypes, *name, &Type::name) : nullptr;
}

bool has(Keys keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

// "client_secret or azure_cli": the types that use all of `keys`.
std::string types_with(Keys keys) {
  std::vector<std::string> names;
  for (const Type& type : kTypes) {
    if (std::ranges::all_of(keys, [&](std::string_view key) { return has(type.keys, key); })) {
      names.emplace_back(type.name);
    }
  }
  return listed(names, "or");
}

// Complains about keys that `type` does not look at, and says whether it is the type that must be wrong:
// another one uses all the keys that there are.
bool is_wrong_type(const Section& section, const Type& type) {
  std::vector<std::string_view> present;
  std::vector<std::string_view> unused;
  for (const std::string_view key : keys::kCredentialKeys) {
    if (key != "type" && section.find(key)) {
      present.push_back(key);
      if (!has(type.keys, key)) {
        unused.push_back(key);
      }
    }
  }
  const auto complain = [&](std::string_view key, const std::string& types) {
    section.find(key)->complain("not used by type " + std::string(type.name) + ", expected type: " + types +
                                " beside it");
  };
  const std::string better = types_with(present);
  if (!unused.empty() && !better.empty()) {
    complain(unused.front(), better);
    return true;
  }
  for (const std::string_view key : unused) {
    complain(key, types_with({&key, 1}));
  }
  return false;
}

std::optional<CredentialOptions> read_credential(const Value& value, const std::string& name,
                                                 AzureConfig azure) {
  const auto type_value = value.child("type");
  const Type* type = find_type(type_value);
  if (type == nullptr) {
    return std::nullopt;  // which keys are right depends on the type
  }
  const Section section(value, keys::kCredential);
  if ((!section.is_map() && !value.is_null()) || (!type_value && !section.lacks("type")) ||
      is_wrong_type(section, *type)) {
    return std::nullopt;
  }
  if (const auto authority = section.find("authority_host"); authority && !authority->is_blank()) {
    const auto endpoint = read_endpoint(*authority);
    azure.cloud.authority_host = endpoint.value_or(azure.cloud.authority_host);
    azure.names_authority = true;
  }
  return type->read(section, name, azure);
}

// AD FS answers below /adfs, which is also what its tenant is called: people name it in both places.
std::string without_adfs(std::string authority) {
  constexpr std::string_view ending = "/adfs";
  const auto start = authority.size() - std::min(ending.size(), authority.size());
  if (equals_ignoring_case(std::string_view(authority).substr(start), ending)) {
    authority.resize(start);
  }
  return authority;
}

bool asks_adfs(const CredentialMethod& method) {
  const auto* secret = std::get_if<ClientSecretOptions>(&method);
  const auto* certificate = std::get_if<ClientCertificateOptions>(&method);
  return (secret != nullptr && is_adfs(secret->tenant_id)) ||
         (certificate != nullptr && is_adfs(certificate->tenant_id));
}

}  // namespace

std::optional<std::string> read_id(const Section& section, std::string_view key,
                                   bool (*is_valid)(std::string_view), std::string_view expected) {
  const auto value = section.find(key);
  if (!value) {
    if (section.lacks(key)) {
      section.value().complain(std::string(key) + " is missing, expected " + std::string(expected));
    }
    return std::nullopt;
  }
  auto text = value->text(expected);
  if (text && !is_valid(*text)) {
    value->complain("found a text (not shown, it may be a secret), expected " + std::string(expected));
    return std::nullopt;
  }
  return text;
}

CredentialOptions credential_of(const std::string& name, const AzureConfig& azure,
                                std::vector<CredentialMethod> methods) {
  const bool is_adfs = std::ranges::any_of(methods, asks_adfs);
  const std::string& authority = azure.cloud.authority_host;
  return {.name = name,
          .authority_host = is_adfs ? without_adfs(authority) : authority,
          .scope = azure.cloud.scope,
          .methods = std::move(methods)};
}

CredentialsConfig read_credentials(const Value& value, const AzureConfig& azure) {
  CredentialsConfig credentials;
  const yaml::Map* map = value.map("a map of credentials by name");
  credentials.is_readable = map != nullptr || value.is_null();
  if (map == nullptr) {
    return credentials;
  }
  for (const yaml::Entry& entry : *map) {
    const Value credential(value.context(), entry.value, yaml::path_of_key(value.path(), entry.key));
    credentials.by_name[entry.key] = read_credential(credential, entry.key, azure);
  }
  return credentials;
}

std::optional<CredentialOptions> read_azure_cli(const Section& section, const std::string& name,
                                                const AzureConfig& azure) {
  std::optional<std::string> tenant_id = "";
  if (section.find("tenant_id")) {
    tenant_id = read_id(section, "tenant_id", is_tenant, kExpectedTenant);
  }
  if (!tenant_id) {
    return std::nullopt;
  }
  return credential_of(name, azure, {AzureCliOptions{.tenant_id = *std::move(tenant_id)}});
}

}  // namespace iothub

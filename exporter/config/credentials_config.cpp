#include <algorithm>
#include <array>

#include "auth/secret_file.hpp"
#include "config/azure_names.hpp"
#include "config/nearest.hpp"
#include "config/sections.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

constexpr auto kTypes = std::to_array<std::string_view>({"auto", "environment", "client_secret"});
constexpr auto kLaterTypes = std::to_array<std::string_view>(
    {"client_certificate", "workload_identity", "managed_identity", "azure_cli"});
constexpr auto kClientSecretKeys =
    std::to_array<std::string_view>({"tenant_id", "client_id", "client_secret", "client_secret_file"});

std::optional<std::string> read_type(const Value& value) {
  const std::string expected = "auto, environment or client_secret";
  auto type = value.text(expected);
  if (!type || std::ranges::find(kTypes, *type) != kTypes.end()) {
    return type;
  }
  if (std::ranges::find(kLaterTypes, *type) != kLaterTypes.end()) {
    value.complain("found " + value.found() +
                   ", which is not supported by this version yet; use client_secret or environment");
  } else {
    value.refuse(expected + did_you_mean(*type, kTypes));
  }
  return std::nullopt;
}

// A GUID or the like that must be there. Never shown: people mistake the secret for an id.
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

// What is wrong with the file, without its path: that may be the secret itself.
std::string without_path(const std::string& message, const std::string& path) {
  return message.starts_with(path + ": ") ? message.substr(path.size() + 2) : "cannot be used";
}

std::optional<SecretFile> read_client_secret_file(const Value& value) {
  const auto name = value.text("the path of a file");
  if (!name) {
    return std::nullopt;
  }
  SecretFile file{.path = (value.context().folder / *name).lexically_normal().string()};
  const auto secret = read_secret_file(file.path);
  if (!secret) {
    const bool may_be_shown = name->find('/') != std::string::npos && !value.is_replaced();
    value.complain((may_be_shown ? yaml::quote(file.path) : "the file named here") + " " +
                   without_path(secret.error().message, file.path) +
                   "; expected a file with the secret in it" +
                   (may_be_shown ? "" : ", the secret itself goes under client_secret"));
    return std::nullopt;
  }
  return file;
}

using ClientSecret = std::variant<Secret, SecretFile>;

std::optional<ClientSecret> read_client_secret(const Section& section) {
  const auto secret = section.find("client_secret");
  const auto file = section.find("client_secret_file");
  if (secret && file) {
    file->complain("found beside client_secret, expected one of the two");
    return std::nullopt;
  }
  if (file) {
    auto path = read_client_secret_file(*file);
    return path ? std::optional<ClientSecret>(*std::move(path)) : std::nullopt;
  }
  if (secret) {
    auto text = secret->text("the client secret");
    return text ? std::optional<ClientSecret>(Secret(*std::move(text))) : std::nullopt;
  }
  if (section.lacks("client_secret") && section.lacks("client_secret_file")) {
    section.value().complain("the secret is missing, expected client_secret_file or client_secret");
  }
  return std::nullopt;
}

std::optional<ClientSecretOptions> read_client_secret_options(const Section& section) {
  auto tenant_id = read_id(section, "tenant_id", is_tenant, kExpectedTenant);
  auto client_id = read_id(section, "client_id", is_guid, kExpectedGuid);
  auto secret = read_client_secret(section);
  if (!tenant_id || !client_id || !secret) {
    return std::nullopt;
  }
  return ClientSecretOptions{.tenant_id = *std::move(tenant_id),
                             .client_id = *std::move(client_id),
                             .client_secret = *std::move(secret)};
}

// Whether there are keys that `type` does not look at; only the first is worth a complaint.
bool has_unused_key(const Section& section, const std::string& type) {
  const auto* const unused = std::ranges::find_if(
      kClientSecretKeys, [&](std::string_view key) { return section.find(key).has_value(); });
  if (unused == kClientSecretKeys.end()) {
    return false;
  }
  section.find(*unused)->complain("not used by type " + type + ", expected type: client_secret beside it");
  return true;
}

std::optional<CredentialOptions> read_from_environment(const Section& section, const std::string& name,
                                                       const AzureConfig& azure) {
  auto credential = environment_credential(name, section.value().context().environment, azure);
  if (!credential) {
    section.value().complain(credential.error());
    return std::nullopt;
  }
  return *std::move(credential);
}

std::optional<CredentialOptions> read_credential(const Value& value, const std::string& name,
                                                 AzureConfig azure) {
  const auto type_value = value.child("type");
  const auto type = type_value ? read_type(*type_value) : "auto";
  if (!type) {
    return std::nullopt;  // which keys are right depends on the type
  }
  const Section section(value, keys::kCredential);
  if ((!section.is_map() && !value.is_null()) || (!type_value && !section.lacks("type"))) {
    return std::nullopt;
  }
  if (const auto authority = section.find("authority_host"); authority && !authority->is_blank()) {
    const auto endpoint = read_endpoint(*authority);
    azure.cloud.authority_host = endpoint.value_or(azure.cloud.authority_host);
    azure.names_authority = true;
  }
  if (*type != "client_secret") {
    return has_unused_key(section, *type) ? std::nullopt : read_from_environment(section, name, azure);
  }
  auto options = read_client_secret_options(section);
  if (!options) {
    return std::nullopt;
  }
  return CredentialOptions{.name = name,
                           .authority_host = azure.cloud.authority_host,
                           .scope = azure.cloud.scope,
                           .methods = {*std::move(options)}};
}

class AzureVariables {
 public:
  explicit AzureVariables(const Environment& environment) : environment_(environment) {}

  // Empty if it is not set; compose files set variables to nothing.
  [[nodiscard]] std::string get(const std::string& name) const { return environment_(name).value_or(""); }

  [[nodiscard]] std::string complaint() const {
    std::vector<std::string> unset;
    for (const std::string name : {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"}) {
      if (get(name).empty()) {
        unset.push_back(name);
      }
    }
    if (!unset.empty()) {
      return listed(unset) + (unset.size() == 1 ? " is" : " are") + " not set in the environment";
    }
    if (!is_tenant(get("AZURE_TENANT_ID"))) {
      return "AZURE_TENANT_ID is not what it should be, expected " + std::string(kExpectedTenant);
    }
    if (!is_guid(get("AZURE_CLIENT_ID"))) {
      return "AZURE_CLIENT_ID is not what it should be, expected " + std::string(kExpectedGuid);
    }
    if (const auto host = get("AZURE_AUTHORITY_HOST"); !host.empty() && !parse_endpoint(host)) {
      return "AZURE_AUTHORITY_HOST is not what it should be, expected an address that begins with https://";
    }
    return "";
  }

 private:
  const Environment& environment_;
};

}  // namespace

tl::expected<CredentialOptions, std::string> environment_credential(const std::string& name,
                                                                    const Environment& environment,
                                                                    const AzureConfig& azure) {
  const AzureVariables variables(environment);
  if (auto complaint = variables.complaint(); !complaint.empty()) {
    return tl::unexpected<std::string>(std::move(complaint));
  }
  CredentialOptions credential{
      .name = name,
      .authority_host = azure.cloud.authority_host,
      .scope = azure.cloud.scope,
      .methods = {ClientSecretOptions{.tenant_id = variables.get("AZURE_TENANT_ID"),
                                      .client_id = variables.get("AZURE_CLIENT_ID"),
                                      .client_secret = Secret(variables.get("AZURE_CLIENT_SECRET"))}}};
  if (const auto host = parse_endpoint(variables.get("AZURE_AUTHORITY_HOST"));
      host && !azure.names_authority) {
    credential.authority_host = *host;
  }
  return credential;
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

}  // namespace iothub

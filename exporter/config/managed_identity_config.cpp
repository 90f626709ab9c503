// Identities that Azure gives to a machine, an app or a container. Which local service hands out their tokens
// is known from the environment, in the order of Azure's own libraries.
#include <array>

#include "config/azure_names.hpp"
#include "config/credential_types.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

using Kind = UserAssignedIdentity::Kind;

constexpr const char* kArcAgent = "/opt/azcmagent/bin/himds";
constexpr const char* kArcEndpoint = "http://127.0.0.1:40342/metadata/identity/oauth2/token";
constexpr const char* kImds = "http://169.254.169.254";
constexpr const char* kImdsPath = "/metadata/identity/oauth2/token";

// A source by the variables that tell of it; "" where it has none.
struct Found {
  IdentitySource source;
  std::string endpoint_variable = {};
  std::string secret_variable = {};
};

Found find(const AzureVariables& variables) {
  if (variables.has("IDENTITY_ENDPOINT") && variables.has("IDENTITY_HEADER")) {
    return {IdentitySource::app_service_2019, "IDENTITY_ENDPOINT", "IDENTITY_HEADER"};
  }
  if (variables.has("MSI_ENDPOINT") && variables.has("MSI_SECRET")) {
    return {IdentitySource::app_service_2017, "MSI_ENDPOINT", "MSI_SECRET"};
  }
  if (variables.has("MSI_ENDPOINT")) {
    return {IdentitySource::cloud_shell, "MSI_ENDPOINT"};
  }
  if (variables.has("IDENTITY_ENDPOINT") && variables.has("IMDS_ENDPOINT")) {
    return {IdentitySource::azure_arc, "IDENTITY_ENDPOINT"};
  }
  return {IdentitySource::imds};
}

// A URL without query whose path is kept to the last slash, for these services insist on it.
tl::expected<std::string, std::string> endpoint_of(const AzureVariables& variables, const std::string& name) {
  const std::string text = variables.get(name);
  const auto url = parse_url(text);
  if (!url || text.find('?') != std::string::npos ||
      (url->scheme == "http" && !is_loopback(url->host) && !is_link_local(url->host))) {
    return tl::unexpected<std::string>(
        unfit(name,
              "an address without query that begins with https://, or with http:// and has a loopback or "
              "link-local host"));
  }
  return url->origin() + url->path;
}

tl::expected<std::string, std::string> imds_endpoint(const AzureVariables& variables) {
  constexpr const char* variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST";
  if (!variables.has(variable)) {
    return std::string(kImds) + kImdsPath;
  }
  auto host = endpoint_of(variables, variable);
  if (host) {
    host->erase(host->find_last_not_of('/') + 1);
    *host += kImdsPath;
  }
  return host;
}

std::string name_of(IdentitySource source) {
  switch (source) {
    case IdentitySource::imds:
      return "a virtual machine's metadata service";
    case IdentitySource::app_service_2019:
      return "App Service";
    case IdentitySource::app_service_2017:
      return "App Service's version of 2017 (MSI_ENDPOINT and MSI_SECRET)";
    case IdentitySource::azure_arc:
      return "Azure Arc";
    case IdentitySource::cloud_shell:
      return "Cloud Shell (MSI_ENDPOINT)";
  }
  return "";
}

struct IdentityKey {
  Kind kind;
  std::string_view key;
  bool (*is_valid)(std::string_view);
  std::string_view expected;
};

constexpr auto kKeys = std::to_array<IdentityKey>({
    {Kind::client_id, "client_id", is_guid, kExpectedGuid},
    {Kind::object_id, "object_id", is_guid, kExpectedGuid},
    {Kind::resource_id, "resource_id", is_identity_resource_id, kExpectedIdentityResourceId},
});

// The one key that is there; nullptr, with a complaint, if there is none or more.
const IdentityKey* choose_key(const Section& section) {
  const IdentityKey* chosen = nullptr;
  bool lacks_all = section.is_map() || section.value().is_null();
  for (const IdentityKey& key : kKeys) {
    lacks_all = lacks_all && section.lacks(key.key);
    const auto found = section.find(key.key);
    if (!found) {
      continue;
    }
    if (chosen != nullptr) {
      found->complain("found beside " + std::string(chosen->key) + ", expected one way to name the identity");
      return nullptr;
    }
    chosen = &key;
  }
  if (lacks_all) {
    section.value().refuse(section.is_map() ? "client_id, object_id or resource_id in it"
                                            : "a map with client_id, object_id or resource_id");
  }
  return chosen;
}

std::optional<UserAssignedIdentity> read_identity(const Value& value) {
  const Section section(value, keys::kIdentity);
  const IdentityKey* chosen = choose_key(section);
  auto id =
      chosen == nullptr ? std::nullopt : read_id(section, chosen->key, chosen->is_valid, chosen->expected);
  if (!id) {
    return std::nullopt;
  }
  return UserAssignedIdentity{.kind = chosen->kind, .id = *std::move(id)};
}

void refuse_choice(const Value& value, IdentitySource source) {
  if (can_choose(source, Kind::client_id)) {
    value.complain(name_of(source) +
                   " gives the tokens here, expected client_id, the only name that it knows");
  } else {
    value.complain("not possible here: " + name_of(source) +
                   " gives the tokens, expected no identity, for it has only one");
  }
}

}  // namespace

bool can_choose(IdentitySource source, UserAssignedIdentity::Kind kind) {
  switch (source) {
    case IdentitySource::imds:
    case IdentitySource::app_service_2019:
      return true;
    case IdentitySource::app_service_2017:
      return kind == Kind::client_id;
    case IdentitySource::azure_arc:
    case IdentitySource::cloud_shell:
      break;
  }
  return false;
}

tl::expected<ManagedIdentityOptions, std::string> find_identity_source(const AzureVariables& variables,
                                                                       const FileExists& file_exists) {
  const Found found = find(variables);
  if (found.source == IdentitySource::app_service_2019 && variables.has("IDENTITY_SERVER_THUMBPRINT")) {
    return tl::unexpected<std::string>(
        "IDENTITY_SERVER_THUMBPRINT is set, so this is Service Fabric, which is not supported; expected App "
        "Service, "
        "Azure Arc, Cloud Shell or a virtual machine");
  }
  if (found.source == IdentitySource::imds && file_exists(kArcAgent)) {
    return ManagedIdentityOptions{.source = IdentitySource::azure_arc, .endpoint = kArcEndpoint};
  }
  auto endpoint = found.endpoint_variable.empty() ? imds_endpoint(variables)
                                                  : endpoint_of(variables, found.endpoint_variable);
  if (!endpoint) {
    return tl::unexpected<std::string>(std::move(endpoint.error()));
  }
  auto secret = found.secret_variable.empty() ? "" : variables.get(found.secret_variable);
  if (!is_one_line(secret)) {
    return tl::unexpected<std::string>(unfit(found.secret_variable, "a text on one line"));
  }
  return ManagedIdentityOptions{
      .source = found.source, .endpoint = *std::move(endpoint), .endpoint_secret = Secret(std::move(secret))};
}

std::optional<CredentialOptions> read_managed_identity(const Section& section, const std::string& name,
                                                       const AzureConfig& azure) {
  const Context& context = section.value().context();
  auto options = find_identity_source(AzureVariables(context.environment), context.file_exists);
  if (!options) {
    section.value().complain(options.error());
  }
  if (const auto value = section.find("identity")) {
    auto identity = read_identity(*value);
    if (identity && options && !can_choose(options->source, identity->kind)) {
      refuse_choice(*value, options->source);
    }
    if (options) {
      options->identity = std::move(identity);
    }
  }
  if (!options) {
    return std::nullopt;
  }
  return credential_of(name, azure, {*std::move(options)});
}

}  // namespace iothub

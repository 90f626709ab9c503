#include <algorithm>
#include <cctype>

#include "simulator/client_certificate.hpp"
#include "simulator/letter_case.hpp"
#include "simulator/scenario_parts.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kAdFs = "adfs";
constexpr Duration kIdentityLifetime = std::chrono::hours{24};

bool is_guid(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) {
      return false;
    }
  }
  return true;
}

// A GUID in lower case, or `exception`.
std::string guid_or(YamlMap& map, std::string_view key, std::string_view exception) {
  const std::string id = map.required(key);
  if (!id.empty() && !is_guid(id) && id != exception) {
    map.problem("'" + id + "' is not a GUID");
  }
  return to_lower(id);
}

void read_principal(YamlMap& map, Principal& principal) {
  map.read("object_id", principal.object_id);
  map.read("token_lifetime", principal.token_lifetime);
  if (map.has("roles")) {
    principal.roles.emplace();
    map.read("roles", *principal.roles);
  }
}

void read_certificates(YamlMap& map, std::vector<std::string>& certificates) {
  map.read("certificates", certificates);
  for (const std::string& pem : certificates) {
    if (!read_certificate(pem)) {
      map.problem("`certificates` must be PEM texts of certificates with RSA keys");
    }
  }
}

std::vector<FederatedCredential> read_federated_credentials(YamlMap& map) {
  std::vector<FederatedCredential> credentials;
  for (YamlMap& entry : map.maps("federated_credentials", "a federated credential")) {
    FederatedCredential credential{.issuer = entry.required("issuer"), .subject = entry.required("subject")};
    entry.read("audience", credential.audience);
    entry.finish();
    credentials.push_back(std::move(credential));
  }
  return credentials;
}

Client read_client(YamlMap& map) {
  Client client;
  client.id = required_guid(map);
  read_principal(map, client);
  if (!map.has("secret") && !map.has("certificates") && !map.has("federated_credentials")) {
    map.problem("a client needs `secret`, `certificates` or `federated_credentials`");
  }
  map.read("secret", client.secret);
  map.read("secret_expired", client.secret_expired);
  read_certificates(map, client.certificates);
  client.federated_credentials = read_federated_credentials(map);
  map.finish();
  return client;
}

}  // namespace

std::string required_guid(YamlMap& map, std::string_view key) {
  return guid_or(map, key, "");
}

Tenant read_tenant(YamlMap& map) {
  Tenant tenant;
  tenant.id = guid_or(map, "id", kAdFs);
  map.read("domain", tenant.domain);
  for (YamlMap& client : map.maps("clients", "a client")) {
    tenant.clients.push_back(read_client(client));
  }
  map.finish();
  return tenant;
}

ManagedIdentity read_identity(YamlMap& map, const std::vector<Tenant>& tenants) {
  ManagedIdentity identity;
  identity.token_lifetime = kIdentityLifetime;
  identity.id = required_guid(map, "client_id");
  read_principal(map, identity);
  map.read("resource_id", identity.resource_id);
  map.read("tenant", identity.tenant);
  map.read("system_assigned", identity.system_assigned);
  if (identity.tenant.empty() && !tenants.empty()) {
    identity.tenant = tenants.front().id;
  }
  if (std::ranges::find(tenants, identity.tenant, &Tenant::id) == tenants.end()) {
    map.problem("'" + identity.tenant + "' is not the id of a tenant of this scenario");
  }
  map.finish();
  return identity;
}

ClientChange read_client_change(YamlMap& map) {
  ClientChange change;
  if (map.has("secret")) {
    map.read("secret", change.secret.emplace());
  }
  if (map.has("secret_expired")) {
    map.read("secret_expired", change.secret_expired.emplace());
  }
  if (map.has("certificates")) {
    read_certificates(map, change.certificates.emplace());
  }
  if (map.has("federated_credentials")) {
    change.federated_credentials = read_federated_credentials(map);
  }
  map.finish();
  return change;
}

}  // namespace azure_simulator

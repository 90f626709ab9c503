// One entry of `credentials` in the configuration, checked and complete: nothing past it looks at the
// environment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/secret.hpp"

namespace iothub {

// A secret in a file is read again for every token, so replacing the file is enough to rotate it.
struct SecretFile {
  std::string path;
};
using SecretSource = std::variant<Secret, SecretFile>;

struct ClientSecretOptions {
  std::string tenant_id;  // a GUID, a domain name, or `adfs` for AD FS
  std::string client_id;
  SecretSource client_secret;
};

struct ClientCertificateOptions {
  std::string tenant_id;  // likewise
  std::string client_id;
  std::string certificate_file;  // PEM with certificate and key, or PFX; read again for every token
  std::optional<SecretSource> password = std::nullopt;
  bool send_certificate_chain = false;  // as `x5c`, for trust by subject name and issuer
};

struct WorkloadIdentityOptions {
  std::string tenant_id;
  std::string client_id;
  std::string token_file;  // the kubelet rewrites it; read again for every token
};

// Which service of the machine gives the tokens of a managed identity.
enum class IdentitySource : std::uint8_t { imds, app_service_2019, app_service_2017, azure_arc, cloud_shell };

// A user-assigned identity, by one of its three names.
struct UserAssignedIdentity {
  enum class Kind : std::uint8_t { client_id, object_id, resource_id };
  Kind kind = Kind::client_id;
  std::string id;
};

struct ManagedIdentityOptions {
  IdentitySource source = IdentitySource::imds;
  std::string endpoint;               // URL without query; https, or http on a loopback or link-local address
  Secret endpoint_secret = Secret{};  // what App Service calls IDENTITY_HEADER or MSI_SECRET
  std::optional<UserAssignedIdentity> identity = std::nullopt;  // absent: the system-assigned one
  std::string arc_key_folder = "/var/opt/azcmagent/tokens";     // the only one that Arc's challenge may name
};

struct AzureCliOptions {
  std::string tenant_id;  // empty: the one that the CLI is logged in to
};

using CredentialMethod = std::variant<ClientSecretOptions, ClientCertificateOptions, WorkloadIdentityOptions,
                                      ManagedIdentityOptions, AzureCliOptions>;

struct CredentialOptions {
  std::string name;
  std::string authority_host;             // https://login.microsoftonline.com, without a trailing slash
  std::string scope;                      // https://management.azure.com/.default
  std::vector<CredentialMethod> methods;  // one; or for `auto` all that may work here, tried in this order
  // What `auto` left out and why: "environment: AZURE_TENANT_ID is not set". For the message if none works.
  std::vector<std::string> left_out = {};
};

}  // namespace iothub

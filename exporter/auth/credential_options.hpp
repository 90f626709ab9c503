// One entry of `credentials` in the configuration, checked and complete.
#pragma once

#include <string>
#include <variant>

#include "core/secret.hpp"

namespace iothub {

// A secret in a file is read again for every token, so replacing the file is enough to rotate it.
struct SecretFile {
  std::string path;
};

struct ClientSecretOptions {
  std::string tenant_id;
  std::string client_id;
  std::variant<Secret, SecretFile> client_secret;
};

struct CredentialOptions {
  std::string name;
  std::string authority_host;                // https://login.microsoftonline.com, without a trailing slash
  std::string scope;                         // https://management.azure.com/.default
  std::variant<ClientSecretOptions> method;  // further methods join here
};

}  // namespace iothub

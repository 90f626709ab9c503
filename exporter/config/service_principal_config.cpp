// Applications of Entra ID that prove who they are with a secret or a certificate, as the configuration
// writes them down. The ones in the environment: environment_config.cpp.
#include "auth/secret_file.hpp"
#include "config/azure_names.hpp"
#include "config/credential_types.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestNameShown = 200;

struct Application {
  std::string tenant_id;
  std::string client_id;
};

std::optional<Application> read_application(const Section& section, const AzureConfig& azure) {
  auto tenant_id = read_id(section, "tenant_id", is_tenant_or_adfs, kExpectedTenantOrAdfs);
  auto client_id = read_id(section, "client_id", is_guid, kExpectedGuid);
  if (tenant_id && is_adfs(*tenant_id)) {
    tenant_id = "adfs";
    if (!azure.names_authority) {
      section.find("tenant_id")
          ->complain(
              "found adfs, which Entra ID does not know, expected the address of the AD FS server as "
              "authority_host "
              "beside it");
      return std::nullopt;
    }
  }
  if (!tenant_id || !client_id) {
    return std::nullopt;
  }
  return Application{.tenant_id = *std::move(tenant_id), .client_id = *std::move(client_id)};
}

std::string path_of(const Value& value, const std::string& name) {
  return (value.context().folder / name).lexically_normal().string();
}

// `expected` is a file; `hint` is for those who wrote the secret itself in place of the file's name.
void refuse_file(const Value& value, const std::string& name, const std::string& wrong,
                 const std::string& expected, const std::string& hint) {
  // No slash, or too long for a name: it may be what ought to be inside the file.
  const bool may_be_shown =
      name.find('/') != std::string::npos && name.size() <= kLongestNameShown && !value.is_replaced();
  value.complain((may_be_shown ? yaml::quote(path_of(value, name)) : "the file named here") + " " + wrong +
                 "; expected " + expected + (may_be_shown ? "" : hint));
}

// What is wrong with the file, without its path: that may be the secret itself.
std::string without_path(const std::string& message, const std::string& path) {
  return message.starts_with(path + ": ") ? message.substr(path.size() + 2) : "cannot be used";
}

std::optional<SecretSource> read_file_of_secret(const Value& value, const std::string& expected,
                                                const std::string& hint) {
  const auto name = value.text("the path of a file");
  if (!name) {
    return std::nullopt;
  }
  SecretFile file{.path = path_of(value, *name)};
  const auto secret = read_secret_file(file.path);
  if (!secret) {
    refuse_file(value, *name, without_path(secret.error().message, file.path), expected, hint);
    return std::nullopt;
  }
  return file;
}

std::optional<SecretSource> read_secret(const Section& section) {
  const auto secret = section.find("client_secret");
  const auto file = section.find("client_secret_file");
  if (secret && file) {
    file->complain("found beside client_secret, expected one of the two");
    return std::nullopt;
  }
  if (file) {
    return read_file_of_secret(*file, "a file with the secret in it",
                               ", the secret itself goes under client_secret");
  }
  if (secret) {
    auto text = secret->text("the client secret");
    return text ? std::optional<SecretSource>(Secret(*std::move(text))) : std::nullopt;
  }
  if (section.lacks("client_secret") && section.lacks("client_secret_file")) {
    section.value().complain("the secret is missing, expected client_secret_file or client_secret");
  }
  return std::nullopt;
}

std::optional<std::string> read_certificate_file(const Section& section) {
  const std::string expected = "a file with the certificate and its private key (PEM or PFX)";
  const auto value = section.find("certificate_file");
  if (!value) {
    if (section.lacks("certificate_file")) {
      section.value().complain("certificate_file is missing, expected the path of " + expected);
    }
    return std::nullopt;
  }
  const auto name = value->text("the path of " + expected);
  if (!name) {
    return std::nullopt;
  }
  auto path = path_of(*value, *name);
  if (const auto fault = certificate_file_fault(path)) {
    refuse_file(*value, *name, *fault, expected, "");
    return std::nullopt;
  }
  return path;
}

}  // namespace

std::optional<std::string> certificate_file_fault(const std::string& path) {
  const auto content = read_key_file(path);
  return content ? std::nullopt : std::optional(without_path(content.error().message, path));
}

std::optional<CredentialOptions> read_client_secret(const Section& section, const std::string& name,
                                                    const AzureConfig& azure) {
  auto application = read_application(section, azure);
  auto secret = read_secret(section);
  if (!application || !secret) {
    return std::nullopt;
  }
  return credential_of(name, azure,
                       {ClientSecretOptions{.tenant_id = std::move(application->tenant_id),
                                            .client_id = std::move(application->client_id),
                                            .client_secret = *std::move(secret)}});
}

std::optional<CredentialOptions> read_client_certificate(const Section& section, const std::string& name,
                                                         const AzureConfig& azure) {
  auto application = read_application(section, azure);
  auto certificate_file = read_certificate_file(section);
  std::optional<SecretSource> password;
  if (const auto value = section.find("certificate_password_file")) {
    password = read_file_of_secret(*value, "a file with the certificate's password in it", "");
  }
  const auto sends_chain =
      section.read("send_certificate_chain", false, [](const Value& value) { return value.flag(); });
  if (!application || !certificate_file) {
    return std::nullopt;
  }
  return credential_of(name, azure,
                       {ClientCertificateOptions{.tenant_id = std::move(application->tenant_id),
                                                 .client_id = std::move(application->client_id),
                                                 .certificate_file = *std::move(certificate_file),
                                                 .password = std::move(password),
                                                 .send_certificate_chain = sends_chain.value}});
}

}  // namespace iothub

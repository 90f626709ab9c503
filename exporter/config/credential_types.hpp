// The types of credentials, one reader each: a section of `credentials` in, finished options or complaints
// out. The table of types is in credentials_config.cpp, the readers in the file of their name; nobody else
// uses this.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "auth/credential_options.hpp"
#include "config/azure_variables.hpp"
#include "config/sections.hpp"

namespace iothub {

// `azure` has the credential's own authority_host in it, if it names one.
std::optional<CredentialOptions> read_auto(const Section& section, const std::string& name,
                                           const AzureConfig& azure);
std::optional<CredentialOptions> read_environment(const Section& section, const std::string& name,
                                                  const AzureConfig& azure);
std::optional<CredentialOptions> read_client_secret(const Section& section, const std::string& name,
                                                    const AzureConfig& azure);
std::optional<CredentialOptions> read_client_certificate(const Section& section, const std::string& name,
                                                         const AzureConfig& azure);
std::optional<CredentialOptions> read_workload_identity(const Section& section, const std::string& name,
                                                        const AzureConfig& azure);
std::optional<CredentialOptions> read_managed_identity(const Section& section, const std::string& name,
                                                       const AzureConfig& azure);
std::optional<CredentialOptions> read_azure_cli(const Section& section, const std::string& name,
                                                const AzureConfig& azure);

CredentialOptions credential_of(const std::string& name, const AzureConfig& azure,
                                std::vector<CredentialMethod> methods);

// A GUID or the like that must be there. Never shown: people mistake the secret for an id.
std::optional<std::string> read_id(const Section& section, std::string_view key,
                                   bool (*is_valid)(std::string_view), std::string_view expected);

// What is wrong with the file of a certificate, for after its name in a sentence; its content is the business
// of whoever logs in with it.
std::optional<std::string> certificate_file_fault(const std::string& path);

// `azure` with the authority that AZURE_AUTHORITY_HOST names, unless the configuration names one.
[[nodiscard]] tl::expected<AzureConfig, std::string> with_authority_of(const AzureVariables& variables,
                                                                       AzureConfig azure);

// What the environment has for each type, or the sentence about what is missing or wrong.
using FoundMethod = tl::expected<CredentialMethod, std::string>;
[[nodiscard]] FoundMethod find_service_principal(const AzureVariables& variables, const AzureConfig& azure);
[[nodiscard]] FoundMethod find_workload_identity(const AzureVariables& variables);

// The service of this machine that gives the tokens of managed identities; without an identity in it.
[[nodiscard]] tl::expected<ManagedIdentityOptions, std::string> find_identity_source(
    const AzureVariables& variables, const FileExists& file_exists);

// Whether an identity can be chosen there by that name.
bool can_choose(IdentitySource source, UserAssignedIdentity::Kind kind);

}  // namespace iothub

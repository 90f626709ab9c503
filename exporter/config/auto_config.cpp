// Type auto: everything that may work here, in the order of Azure's own libraries. What cannot work is left
// out with the reason rather than refused, for a variable may be set for another program's sake.
#include <algorithm>
#include <array>

#include "config/azure_names.hpp"
#include "config/credential_types.hpp"
#include "config/expand.hpp"
#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr const char* kNarrowing = "AZURE_TOKEN_CREDENTIALS";

struct Surroundings {
  AzureVariables variables;
  const FileExists& file_exists;
  const AzureConfig& azure;
};

FoundMethod find_environment(const Surroundings& here) {
  return find_service_principal(here.variables, here.azure);
}

FoundMethod find_workload(const Surroundings& here) {
  return find_workload_identity(here.variables);
}

FoundMethod find_managed(const Surroundings& here) {
  auto options = find_identity_source(here.variables, here.file_exists);
  if (!options) {
    return tl::unexpected<std::string>(std::move(options.error()));
  }
  constexpr auto kind = UserAssignedIdentity::Kind::client_id;
  if (can_choose(options->source, kind) && here.variables.has("AZURE_CLIENT_ID")) {
    auto id = checked(here.variables, "AZURE_CLIENT_ID", is_guid, kExpectedGuid);
    if (!id) {
      return tl::unexpected<std::string>(std::move(id.error()));
    }
    options->identity = UserAssignedIdentity{.kind = kind, .id = *std::move(id)};
  }
  return *std::move(options);
}

FoundMethod find_cli(const Surroundings&) {
  return AzureCliOptions{};
}

struct Link {
  std::string_view type;
  std::string_view azure_name;  // in AZURE_TOKEN_CREDENTIALS
  std::string_view group;
  FoundMethod (*find)(const Surroundings&);

  [[nodiscard]] bool is_chosen_by(std::string_view word) const {
    return word.empty() || equals_ignoring_case(word, azure_name) || equals_ignoring_case(word, group);
  }
};

constexpr auto kChain = std::to_array<Link>({
    {"environment", "EnvironmentCredential", "prod", find_environment},
    {"workload_identity", "WorkloadIdentityCredential", "prod", find_workload},
    {"managed_identity", "ManagedIdentityCredential", "prod", find_managed},
    {"azure_cli", "AzureCliCredential", "dev", find_cli},
});

std::string joined(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) {
    text += (text.empty() ? "" : "; ") + sentence;
  }
  return text;
}

}  // namespace

tl::expected<CredentialOptions, std::string> auto_credential(const std::string& name, const Context& context,
                                                             const AzureConfig& azure) {
  const AzureVariables variables(context.environment);
  const std::string chosen = variables.get(kNarrowing);
  if (std::ranges::none_of(kChain, [&](const Link& link) { return link.is_chosen_by(chosen); })) {
    std::vector<std::string> names{"prod", "dev"};
    std::ranges::transform(kChain, std::back_inserter(names),
                           [](const Link& link) { return std::string(link.azure_name); });
    return tl::unexpected<std::string>(unfit(kNarrowing, listed(names, "or")));
  }
  const auto there = with_authority_of(variables, azure);
  if (!there) {
    return tl::unexpected<std::string>(there.error());
  }
  const Surroundings here{.variables = variables, .file_exists = context.file_exists, .azure = *there};
  std::vector<CredentialMethod> methods;
  std::vector<std::string> left_out;
  for (const Link& link : kChain) {
    auto method = link.is_chosen_by(chosen)
                      ? link.find(here)
                      : tl::unexpected<std::string>(std::string(kNarrowing) + " is " + chosen);
    if (method) {
      methods.push_back(*std::move(method));
    } else {
      left_out.push_back(std::string(link.type) + ": " + method.error());
    }
  }
  if (methods.empty()) {
    return tl::unexpected<std::string>("found no way to log in, expected one of these: " + joined(left_out));
  }
  auto credential = credential_of(name, *there, std::move(methods));
  credential.left_out = std::move(left_out);
  return credential;
}

std::optional<CredentialOptions> read_auto(const Section& section, const std::string& name,
                                           const AzureConfig& azure) {
  auto credential = auto_credential(name, section.value().context(), azure);
  if (!credential) {
    section.value().complain(credential.error());
    return std::nullopt;
  }
  return *std::move(credential);
}

}  // namespace iothub

// Every key that the configuration may have, by the map it stands in. config/README.md explains each; a test
// holds the two together.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace iothub::keys {

struct Group {
  std::string_view path;  // "" is the file itself, `[]` any item of a list, `<name>` any key
  std::span<const std::string_view> known;
  std::span<const std::string_view> later = {};  // of the product, but not of this version
  std::string_view instead_of_later = {};
};

inline constexpr auto kFileKeys =
    std::to_array<std::string_view>({"azure", "credentials", "polling", "hubs", "job_details"});
inline constexpr auto kLaterFileKeys = std::to_array<std::string_view>({"discovery"});
inline constexpr auto kAzureKeys = std::to_array<std::string_view>(
    {"cloud", "resource_manager_endpoint", "authority_host", "scope", "api_version", "ca_file"});
inline constexpr auto kCredentialKeys = std::to_array<std::string_view>(
    {"type", "tenant_id", "client_id", "client_secret", "client_secret_file", "certificate_file",
     "certificate_password_file", "send_certificate_chain", "token_file", "identity", "authority_host"});
inline constexpr auto kIdentityKeys =
    std::to_array<std::string_view>({"client_id", "object_id", "resource_id"});
inline constexpr auto kPollingKeys = std::to_array<std::string_view>(
    {"interval", "active_interval", "discovery_interval", "connect_timeout", "request_timeout", "concurrency",
     "stale_after", "reads_per_second", "read_burst"});
inline constexpr auto kHubKeys =
    std::to_array<std::string_view>({"resource_id", "subscription_id", "resource_group", "name", "credential",
                                     "interval", "active_interval", "jobs", "expect"});
inline constexpr auto kExpectKeys =
    std::to_array<std::string_view>({"job_type", "completed_within", "max_duration"});
inline constexpr auto kJobDetailsKeys =
    std::to_array<std::string_view>({"enabled", "finished_within", "max_per_hub", "max_total"});

inline constexpr Group kFile{
    .path = "", .known = kFileKeys, .later = kLaterFileKeys, .instead_of_later = "name each hub under hubs"};
inline constexpr Group kAzure{.path = "azure", .known = kAzureKeys};
inline constexpr Group kCredential{.path = "credentials.<name>", .known = kCredentialKeys};
inline constexpr Group kIdentity{.path = "credentials.<name>.identity", .known = kIdentityKeys};
inline constexpr Group kPolling{.path = "polling", .known = kPollingKeys};
inline constexpr Group kHub{.path = "hubs[]", .known = kHubKeys};
inline constexpr Group kExpect{.path = "hubs[].expect[]", .known = kExpectKeys};
inline constexpr Group kJobDetails{.path = "job_details", .known = kJobDetailsKeys};

inline constexpr std::array kGroups{kFile,    kAzure, kCredential, kIdentity,
                                    kPolling, kHub,   kExpect,     kJobDetails};

}  // namespace iothub::keys

// What Azure accepts as a name, and the resource ids made of them. The kExpected… are for error messages.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "fleet/hub_options.hpp"

namespace iothub {

inline constexpr std::string_view kExpectedGuid = "a GUID like 91d12660-3dec-467a-be2a-213b5544ddc0";
inline constexpr std::string_view kExpectedTenant = "the tenant's GUID or domain name";
inline constexpr std::string_view kExpectedTenantOrAdfs =
    "the tenant's GUID or domain name, or adfs for AD FS";
inline constexpr std::string_view kExpectedIdentityResourceId =
    "/subscriptions/GUID/resourceGroups/NAME/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME";
inline constexpr std::string_view kExpectedResourceGroup =
    "a resource group's name: 1 to 90 letters, digits and . _ ( ) -, not ending in a dot";
inline constexpr std::string_view kExpectedHubName =
    "a hub's name: 3 to 50 letters, digits and hyphens, not ending in a hyphen";
inline constexpr std::string_view kExpectedResourceId =
    "/subscriptions/GUID/resourceGroups/NAME/providers/Microsoft.Devices/IotHubs/NAME";

bool is_guid(std::string_view text);
bool is_tenant(std::string_view text);
bool is_tenant_or_adfs(std::string_view text);
bool is_adfs(std::string_view text);  // in any case of letters
// Of a user-assigned managed identity.
bool is_identity_resource_id(std::string_view text);
bool is_resource_group(std::string_view text);
bool is_hub_name(std::string_view text);
bool is_api_version(std::string_view text);

// A hub's resource id, its fixed parts regardless of case. Fails with what was expected, for after "found …,
// expected ".
[[nodiscard]] tl::expected<HubId, std::string> parse_hub_resource_id(std::string_view text);

}  // namespace iothub

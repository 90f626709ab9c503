// Where AD FS, the login of clouds without Entra ID, speaks differently.
#pragma once

#include <string_view>

#include "simulator/arm_errors.hpp"
#include "simulator/message.hpp"

namespace azure_simulator {

// The one tenant name that is not a directory of Entra ID.
bool is_ad_fs(std::string_view tenant);

// The same trouble as AD FS tells it: two members, always 400, and little detail about clients.
Reply ad_fs_error(const EntraError& error);

}  // namespace azure_simulator

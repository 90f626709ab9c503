// The lively world that the simulator shows when it is given no scenario; config/demo.yaml watches it.
#pragma once

#include <string_view>

namespace azure_simulator {

// As YAML, for load_scenario().
std::string_view default_scenario();

}  // namespace azure_simulator

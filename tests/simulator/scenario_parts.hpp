// The readers of a scenario's parts; scenario_loader.cpp puts them together.
#pragma once

#include "simulator/scenario.hpp"
#include "simulator/yaml_map.hpp"

namespace azure_simulator {

// Reads one entry of a hub's `jobs` into the list where it belongs.
void read_job(YamlMap& map, Hub& hub);

PlannedJob read_planned_job(YamlMap& map);

Fault read_fault(YamlMap& map);

}  // namespace azure_simulator

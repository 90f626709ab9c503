// The readers of a scenario's parts; scenario_loader.cpp puts them together.
#pragma once

#include "simulator/scenario.hpp"
#include "simulator/scenario_loader.hpp"
#include "simulator/yaml_map.hpp"

namespace azure_simulator {

// Reads one entry of a hub's `jobs` into the list where it belongs.
void read_job(YamlMap& map, Hub& hub);

PlannedJob read_planned_job(YamlMap& map);

Fault read_fault(YamlMap& map);

// A GUID in lower case, which `key` must hold.
std::string required_guid(YamlMap& map, std::string_view key = "id");

Tenant read_tenant(YamlMap& map);
ManagedIdentity read_identity(YamlMap& map, const std::vector<Tenant>& tenants);
ClientChange read_client_change(YamlMap& map);

}  // namespace azure_simulator

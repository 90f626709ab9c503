// The resources that tokens may be for: Resource Manager under its names in the clouds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace azure_simulator {

// With or without a slash at its end; the simulator's own origin is one of its names.
bool is_resource_manager(std::string_view resource, std::string_view origin);

// The resource of a scope "{resource}/.default"; nothing for any other scope.
std::optional<std::string> resource_of_scope(std::string_view scope);

}  // namespace azure_simulator

#include "simulator/audience.hpp"

#include <algorithm>
#include <array>

#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kSuffix = "/.default";
constexpr std::array<std::string_view, 5> kManagers{
    "https://management.azure.com", "https://management.core.windows.net",
    "https://management.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn"};

}  // namespace

bool is_resource_manager(std::string_view resource, std::string_view origin) {
  if (resource.ends_with('/')) {
    resource.remove_suffix(1);
  }
  return same_name(resource, origin) || std::ranges::any_of(kManagers, [&](std::string_view manager) {
           return same_name(resource, manager);
         });
}

std::optional<std::string> resource_of_scope(std::string_view scope) {
  if (!scope.ends_with(kSuffix)) {
    return std::nullopt;
  }
  return std::string(scope.substr(0, scope.size() - kSuffix.size()));
}

}  // namespace azure_simulator

// Which Azure this is: the three public ones, or any other by its endpoints.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace iothub {

struct CloudOptions {
  std::string resource_manager_endpoint;  // https, no trailing slash
  std::string authority_host;             // https, no trailing slash
  std::string scope;
  std::string api_version = "2023-06-30";
};

struct CloudPreset {
  std::string_view name;
  std::string_view resource_manager_endpoint;
  std::string_view authority_host;
};

// The scope of each is its resource_manager_endpoint followed by "/.default".
inline constexpr std::array<CloudPreset, 3> kClouds{{
    {"AzureCloud", "https://management.azure.com", "https://login.microsoftonline.com"},
    {"AzureUSGovernment", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us"},
    {"AzureChinaCloud", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn"},
}};

}  // namespace iothub

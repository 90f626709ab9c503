#include "simulator/api_versions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>

#include "simulator/arm_errors.hpp"

namespace azure_simulator {
namespace {

constexpr std::array<std::string_view, 36> kHubVersions{
    "2015-08-15-preview", "2016-02-03",         "2017-01-19",         "2017-07-01",
    "2018-01-22",         "2018-04-01",         "2018-04-01-preview", "2018-12-01-preview",
    "2019-03-22",         "2019-03-22-preview", "2019-07-01-preview", "2019-11-04",
    "2020-01-01",         "2020-03-01",         "2020-04-01",         "2020-06-15",
    "2020-07-10-preview", "2020-08-01",         "2020-08-31",         "2020-08-31-preview",
    "2021-02-01-preview", "2021-03-03-preview", "2021-03-31",         "2021-07-01",
    "2021-07-01-preview", "2021-07-02",         "2021-07-02-preview", "2022-04-30-preview",
    "2022-11-15-preview", "2023-06-30",         "2023-06-30-preview", "2025-08-01-preview",
    "2026-03-01-preview", "2026-05-01-preview", "2026-08-01-preview", "2026-10-01-preview"};

constexpr std::array<std::string_view, 12> kManagerVersions{
    "2015-01-01", "2015-11-01", "2016-02-01", "2016-06-01", "2018-05-01", "2019-06-01",
    "2019-11-01", "2020-01-01", "2021-01-01", "2021-04-01", "2022-09-01", "2022-12-01"};

bool reads_as_version(std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  if (text.size() < shape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = std::isdigit(static_cast<unsigned char>(text[i])) != 0;
    if (shape[i] == '0' ? !digit : text[i] != '-') {
      return false;
    }
  }
  return text.size() == shape.size() || text.substr(shape.size()) == "-preview";
}

std::string list_of(std::span<const std::string_view> versions, std::string_view separator) {
  std::string list;
  for (const std::string_view version : versions) {
    list += (list.empty() ? std::string_view{} : separator);
    list += version;
  }
  return list;
}

bool contains(std::span<const std::string_view> versions, std::string_view version) {
  return std::ranges::find(versions, version) != versions.end();
}

}  // namespace

std::optional<Reply> missing_api_version(const Route& route) {
  if (!route.parameter("api-version").empty()) {
    return std::nullopt;
  }
  return gateway_error(400, "MissingApiVersionParameter",
                       "The api-version query parameter (?api-version=) is required for all requests.");
}

std::optional<Reply> unsupported_api_version(const Route& route) {
  const std::string version = route.parameter("api-version");
  const bool about_hubs = route.operation != Operation::subscriptions;
  const std::span<const std::string_view> known = about_hubs
                                                      ? std::span<const std::string_view>(kHubVersions)
                                                      : std::span<const std::string_view>(kManagerVersions);
  if (contains(known, version)) {
    return std::nullopt;
  }
  if (!about_hubs || !reads_as_version(version)) {
    return gateway_error(400, "InvalidApiVersionParameter",
                         "The api-version '" + version + "' is invalid. The supported versions are '" +
                             list_of(known, ",") + "'.");
  }
  return gateway_error(400, "NoRegisteredProviderFound",
                       "No registered resource provider found for location 'westeurope' and API version '" +
                           version + "' for type 'IotHubs'. The supported api-versions are '" +
                           list_of(known, ", ") + "'.");
}

}  // namespace azure_simulator

#include <algorithm>
#include <array>

#include "config/azure_names.hpp"
#include "config/file.hpp"
#include "config/sections.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLargestCaFile = 4U << 20U;

const CloudPreset& preset(const Section& section) {
  std::array<std::string_view, kClouds.size()> names;
  std::ranges::transform(kClouds, names.begin(), &CloudPreset::name);
  const auto name = section.read("cloud", std::string(kClouds.front().name),
                                 [&](const Value& value) { return value.one_of(names); });
  return *std::ranges::find(kClouds, name.value, &CloudPreset::name);
}

// For keys whose default is written as "".
template <typename Parse>
std::string read_unless_blank(const Section& section, std::string_view key, std::string fallback,
                              Parse parse) {
  const auto value = section.find(key);
  if (!value || value->is_blank()) {
    return fallback;
  }
  return parse(*value).value_or(fallback);
}

std::optional<std::string> read_scope(const Value& value) {
  constexpr std::string_view expected = "a scope that ends in /.default";
  auto scope = value.text(expected);
  if (scope && (!scope->ends_with("/.default") || scope->find(' ') != std::string::npos)) {
    value.refuse(expected);
    return std::nullopt;
  }
  return scope;
}

std::optional<std::string> read_api_version(const Value& value) {
  constexpr std::string_view expected = "an API version like 2023-06-30 or 2023-06-30-preview";
  auto version = value.text(expected);
  if (version && !is_api_version(*version)) {
    value.refuse(expected);
    return std::nullopt;
  }
  return version;
}

std::optional<std::string> read_ca_file(const Value& value) {
  const auto name = value.text("a file of certificates (PEM)");
  if (!name) {
    return std::nullopt;
  }
  auto path = (value.context().folder / *name).lexically_normal().string();
  const auto content = read_file(path, kLargestCaFile);
  if (!content) {
    value.complain("found " + value.found() + ", which " + content.error() +
                   "; expected a file of certificates (PEM)");
    return std::nullopt;
  }
  if (content->find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
      content->find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
    value.complain("found " + value.found() +
                   ", which has no certificate in it; expected a file of certificates (PEM)");
    return std::nullopt;
  }
  return path;
}

}  // namespace

std::optional<std::string> read_endpoint(const Value& value) {
  constexpr std::string_view expected = "an address that begins with https://";
  const auto text = value.text(expected);
  if (!text) {
    return std::nullopt;
  }
  auto endpoint = parse_endpoint(*text);
  if (endpoint) {
    return *std::move(endpoint);
  }
  if (value.is_replaced()) {  // parse_endpoint's sentence quotes it
    value.refuse(expected);
  } else {
    value.complain(endpoint.error().message);
  }
  return std::nullopt;
}

AzureConfig read_azure(const Value& value) {
  const Section section(value, keys::kAzure);
  const CloudPreset& implied = preset(section);
  AzureConfig azure;
  azure.cloud.resource_manager_endpoint = read_unless_blank(
      section, "resource_manager_endpoint", std::string(implied.resource_manager_endpoint), read_endpoint);
  const std::string named = read_unless_blank(section, "authority_host", "", read_endpoint);
  azure.names_authority = !named.empty();
  azure.cloud.authority_host = azure.names_authority ? named : std::string(implied.authority_host);
  azure.cloud.scope =
      read_unless_blank(section, "scope", azure.cloud.resource_manager_endpoint + "/.default", read_scope);
  azure.cloud.api_version = section.read("api_version", azure.cloud.api_version, read_api_version).value;
  azure.ca_file = read_unless_blank(section, "ca_file", "", read_ca_file);
  return azure;
}

}  // namespace iothub

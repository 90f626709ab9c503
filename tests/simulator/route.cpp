#include "simulator/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "simulator/ad_fs.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

constexpr std::array<std::pair<Operation, std::string_view>, 13> kOperations{{
    {Operation::token, "token"},
    {Operation::imds, "imds"},
    {Operation::app_service, "app_service"},
    {Operation::arc, "arc"},
    {Operation::cloud_shell, "cloud_shell"},
    {Operation::list_jobs, "list_jobs"},
    {Operation::get_job, "get_job"},
    {Operation::list_hubs, "list_hubs"},
    {Operation::get_hub, "get_hub"},
    {Operation::subscriptions, "subscriptions"},
    {Operation::discovery, "discovery"},
    {Operation::control, "control"},
    {Operation::other, "other"},
}};

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return decoded;
}

std::vector<std::string> segments_of(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (!segment.empty()) {
      segments.push_back(percent_decode(segment, false));
    }
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return segments;
}

// Whether the segments from `first` on are exactly `names`, where "*" stands for any.
bool match(const std::vector<std::string>& segments, std::size_t first,
           std::initializer_list<std::string_view> names) {
  return segments.size() == first + names.size() &&
         std::equal(names.begin(), names.end(), segments.begin() + static_cast<std::ptrdiff_t>(first),
                    [](std::string_view name, const std::string& segment) {
                      return name == "*" || same_name(name, segment);
                    });
}

// Below /subscriptions/{id}[/resourceGroups/{group}].
Operation hub_operation(Route& route, std::size_t first) {
  const auto& segments = route.segments;
  if (match(segments, first, {"providers", "microsoft.devices", "iothubs"})) {
    return Operation::list_hubs;
  }
  if (route.group.empty() || segments.size() <= first + 3) {
    return Operation::other;
  }
  route.hub = segments[first + 3];
  if (match(segments, first, {"providers", "microsoft.devices", "iothubs", "*"})) {
    return Operation::get_hub;
  }
  if (match(segments, first, {"providers", "microsoft.devices", "iothubs", "*", "jobs"})) {
    return Operation::list_jobs;
  }
  if (match(segments, first, {"providers", "microsoft.devices", "iothubs", "*", "jobs", "*"})) {
    route.job = segments[first + 5];
    return Operation::get_job;
  }
  return Operation::other;
}

Operation manager_operation(Route& route) {
  const auto& segments = route.segments;
  if (segments.size() <= 2) {
    route.subscription = segments.size() == 2 ? segments[1] : "";
    return Operation::subscriptions;
  }
  route.subscription = segments[1];
  if (same_name(segments[2], "resourcegroups") && segments.size() > 3) {
    route.group = segments[3];
    return hub_operation(route, 4);
  }
  return hub_operation(route, 2);
}

std::optional<Operation> identity_operation(const std::vector<std::string>& segments) {
  if (match(segments, 0, {"metadata", "identity", "oauth2", "token"})) {
    return Operation::imds;
  }
  if (match(segments, 0, {"msi", "token"})) {
    return Operation::app_service;
  }
  if (match(segments, 0, {"arc", "metadata", "identity", "oauth2", "token"})) {
    return Operation::arc;
  }
  if (match(segments, 0, {"cloudshell", "oauth2", "token"})) {
    return Operation::cloud_shell;
  }
  return std::nullopt;
}

Operation authority_operation(Route& route) {
  route.tenant = route.segments.front();
  const bool is_token = is_ad_fs(route.tenant) ? match(route.segments, 1, {"oauth2", "token"})
                                               : match(route.segments, 1, {"oauth2", "v2.0", "token"});
  if (is_token) {
    return Operation::token;
  }
  const bool known = match(route.segments, 1, {"v2.0", ".well-known", "openid-configuration"}) ||
                     match(route.segments, 1, {".well-known", "openid-configuration"}) ||
                     match(route.segments, 1, {"discovery", "instance"});
  return known ? Operation::discovery : Operation::other;
}

Operation operation_of(Route& route) {
  const auto& segments = route.segments;
  if (segments.empty()) {
    return Operation::other;
  }
  if (segments.front() == "simulator") {
    return Operation::control;
  }
  if (same_name(segments.front(), "subscriptions")) {
    return manager_operation(route);
  }
  if (const auto identity = identity_operation(segments)) {
    return *identity;
  }
  if (match(segments, 0, {"tenants"})) {
    return Operation::subscriptions;
  }
  if (match(segments, 0, {"metadata", "endpoints"})) {
    return Operation::discovery;
  }
  return authority_operation(route);
}

}  // namespace

std::string_view to_text(Operation operation) {
  return std::ranges::find(kOperations, operation, [](const auto& entry) { return entry.first; })->second;
}

bool is_operation(std::string_view text) {
  return text != "control" &&
         std::ranges::any_of(kOperations, [&](const auto& entry) { return entry.second == text; });
}

std::string operation_names() {
  std::string names;
  for (const auto& [operation, name] : kOperations) {
    if (operation != Operation::control) {
      names += (names.empty() ? "" : ", ") + std::string(name);
    }
  }
  return names;
}

std::string Route::parameter(std::string_view name) const {
  const auto found =
      std::ranges::find_if(query, [&](const auto& entry) { return same_name(entry.first, name); });
  return found == query.end() ? "" : found->second;
}

Route route_of(std::string_view target) {
  Route route;
  const std::size_t question = target.find('?');
  route.path = target.substr(0, question);
  if (question != std::string_view::npos) {
    route.query = parse_form(target.substr(question + 1));
  }
  route.segments = segments_of(route.path);
  route.operation = operation_of(route);
  return route;
}

std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    const std::string_view value = pair.substr(std::min(pair.size(), name.size() + 1));
    pairs.emplace_back(percent_decode(name, true), percent_decode(value, true));
  }
  return pairs;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (plain.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded += {'%', digits[byte >> 4U], digits[byte & 0x0fU]};
    }
  }
  return encoded;
}

}  // namespace azure_simulator

#include "config/azure_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/ascii.hpp"

namespace iothub {

namespace {

bool is_in_name(char c) {
  return is_ascii_digit(c) || is_ascii_letter(c) || c == '-';
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

bool is_domain_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, is_in_name);
}

std::optional<unsigned> number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

// Whether `parts` are those of `pattern`, in which "" stands for any.
bool fit(const std::vector<std::string_view>& parts, const std::array<std::string_view, 9>& pattern) {
  const auto fits = [](std::string_view part, std::string_view form) {
    return form.empty() || equals_ignoring_case(part, form);
  };
  return std::ranges::equal(parts, pattern, fits) && parts[0].empty();
}

bool is_identity_name(std::string_view name) {
  return name.size() >= 3 && name.size() <= 128 &&
         (is_ascii_letter(name.front()) || is_ascii_digit(name.front())) &&
         std::ranges::all_of(name, [](char c) { return is_in_name(c) || c == '_'; });
}

}  // namespace

bool is_guid(std::string_view text) {
  constexpr std::string_view pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return std::ranges::equal(
      text, pattern, [](char c, char form) { return form == 'x' ? is_ascii_hex_digit(c) : c == form; });
}

bool is_tenant(std::string_view text) {
  const auto labels = split(text, '.');
  return is_guid(text) ||
         (text.size() <= 253 && labels.size() > 1 && std::ranges::all_of(labels, is_domain_label));
}

bool is_adfs(std::string_view text) {
  return equals_ignoring_case(text, "adfs");
}

bool is_tenant_or_adfs(std::string_view text) {
  return is_tenant(text) || is_adfs(text);
}

bool is_identity_resource_id(std::string_view text) {
  constexpr std::array<std::string_view, 9> pattern{"",
                                                    "subscriptions",
                                                    "",
                                                    "resourceGroups",
                                                    "",
                                                    "providers",
                                                    "Microsoft.ManagedIdentity",
                                                    "userAssignedIdentities",
                                                    ""};
  const auto parts = split(text, '/');
  return fit(parts, pattern) && is_guid(parts[2]) && is_resource_group(parts[4]) &&
         is_identity_name(parts[8]);
}

bool is_resource_group(std::string_view text) {
  // Azure takes the letters of every language; what is one is left to Azure.
  const auto may_be_in = [](char c) {
    return is_in_name(c) || c == '.' || c == '_' || c == '(' || c == ')' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const auto length = std::ranges::count_if(text, [](unsigned char c) { return (c & 0xC0U) != 0x80U; });
  return length >= 1 && length <= 90 && !text.ends_with('.') && std::ranges::all_of(text, may_be_in);
}

bool is_hub_name(std::string_view text) {
  return text.size() >= 3 && text.size() <= 50 && !text.ends_with('-') &&
         std::ranges::all_of(text, is_in_name);
}

bool is_api_version(std::string_view text) {
  constexpr std::string_view preview = "-preview";
  if (text.ends_with(preview)) {
    text.remove_suffix(preview.size());
  }
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
    return false;
  }
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  return year && month && day &&
         std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                     std::chrono::day(*day))
             .ok();
}

tl::expected<HubId, std::string> parse_hub_resource_id(std::string_view text) {
  constexpr std::array<std::string_view, 9> pattern{
      "", "subscriptions", "", "resourceGroups", "", "providers", "Microsoft.Devices", "IotHubs", ""};
  const auto parts = split(text, '/');
  if (!fit(parts, pattern)) {
    return tl::unexpected<std::string>(std::string(kExpectedResourceId));
  }
  if (!is_guid(parts[2])) {
    return tl::unexpected<std::string>("after /subscriptions/ " + std::string(kExpectedGuid));
  }
  if (!is_resource_group(parts[4])) {
    return tl::unexpected<std::string>("after /resourceGroups/ " + std::string(kExpectedResourceGroup));
  }
  if (!is_hub_name(parts[8])) {
    return tl::unexpected<std::string>("after /IotHubs/ " + std::string(kExpectedHubName));
  }
  return HubId{.subscription_id = std::string(parts[2]),
               .resource_group = std::string(parts[4]),
               .name = std::string(parts[8])};
}

}  // namespace iothub

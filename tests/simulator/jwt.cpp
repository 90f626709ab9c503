#include "simulator/jwt.hpp"

#include <algorithm>

#include <rapidjson/document.h>

#include "simulator/base64.hpp"

namespace azure_simulator {
namespace {

std::string text_of(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

void add_list(const std::string& name, const rapidjson::Value& array, JsonMembers& members) {
  std::vector<std::string> items;
  for (const auto& item : array.GetArray()) {
    if (!item.IsString()) {
      return;
    }
    items.push_back(text_of(item));
  }
  members.lists[name] = std::move(items);
}

std::optional<JsonMembers> parse_members(const std::optional<std::string>& json) {
  rapidjson::Document document;
  if (!json || document.Parse(json->data(), json->size()).HasParseError() || !document.IsObject()) {
    return std::nullopt;
  }
  JsonMembers members;
  for (const auto& [key, value] : document.GetObject()) {
    const std::string name = text_of(key);
    if (value.IsString()) {
      members.texts[name] = text_of(value);
    } else if (value.IsInt64()) {
      members.numbers[name] = value.GetInt64();
    } else if (value.IsArray()) {
      add_list(name, value, members);
    }
  }
  return members;
}

}  // namespace

std::string JsonMembers::text(std::string_view name) const {
  const auto found = texts.find(name);
  return found == texts.end() ? "" : found->second;
}

std::optional<std::int64_t> JsonMembers::number(std::string_view name) const {
  const auto found = numbers.find(name);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Jwt> parse_jwt(std::string_view text) {
  if (std::ranges::count(text, '.') != 2) {
    return std::nullopt;
  }
  const std::size_t first = text.find('.');
  const std::size_t second = text.rfind('.');
  auto header = parse_members(from_base64url(text.substr(0, first)));
  auto claims = parse_members(from_base64url(text.substr(first + 1, second - first - 1)));
  auto signature = from_base64url(text.substr(second + 1));
  if (!header || !claims || !signature) {
    return std::nullopt;
  }
  return Jwt{.signed_text = std::string(text.substr(0, second)),
             .header = *std::move(header),
             .claims = *std::move(claims),
             .signature = *std::move(signature)};
}

}  // namespace azure_simulator

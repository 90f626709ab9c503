#include "config/reader.hpp"

#include <algorithm>
#include <charconv>

#include "config/nearest.hpp"
#include "core/duration.hpp"

namespace iothub {

namespace {

constexpr std::chrono::milliseconds kLongestDuration = std::chrono::hours{24} * 365 * 10;

bool is_control(unsigned char c) {
  return c < ' ' || c == 0x7f;
}

std::vector<std::string> strings(std::span<const std::string_view> views) {
  return {views.begin(), views.end()};
}

std::optional<std::size_t> parse_whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_octal_to_some = text.size() > 1 && text.starts_with('0');
  if (error != std::errc{} || end != text.data() + text.size() || is_octal_to_some) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

void Value::complain(std::string sentence) const {
  context_->problems.push_back({.at = at(), .path = path_, .message = std::move(sentence)});
}

void Value::refuse(std::string_view expected) const {
  complain("found " + found() + ", expected " + std::string(expected));
}

void Value::refuse_unseen(std::string_view expected) const {
  complain("found " + kind() + ", expected " + std::string(expected));
}

std::string Value::kind() const {
  if (std::holds_alternative<yaml::Sequence>(node_->value)) {
    return "a list";
  }
  if (std::holds_alternative<yaml::Map>(node_->value)) {
    return "a map";
  }
  return is_null() ? "nothing" : "a text";
}

std::string Value::found() const {
  const auto* scalar = std::get_if<yaml::Scalar>(&node_->value);
  if (scalar == nullptr || is_null()) {
    return kind();
  }
  return is_replaced() ? "what " + yaml::quote(scalar->text) + " stands for" : yaml::quote(scalar->text);
}

bool Value::is_replaced() const {
  const auto* scalar = std::get_if<yaml::Scalar>(&node_->value);
  if (scalar == nullptr) {
    return false;
  }
  const auto expanded = expand(scalar->text, context_->environment);
  return expanded && expanded->is_from_environment;
}

bool Value::is_null() const {
  const auto* scalar = std::get_if<yaml::Scalar>(&node_->value);
  return scalar != nullptr && scalar->is_null();
}

bool Value::is_empty() const {
  const auto* items = std::get_if<yaml::Sequence>(&node_->value);
  return is_null() || (items != nullptr && items->empty());
}

bool Value::is_blank() const {
  const auto* scalar = std::get_if<yaml::Scalar>(&node_->value);
  if (scalar == nullptr) {
    return false;
  }
  const auto expanded = expand(scalar->text, context_->environment);
  return expanded && expanded->text.empty();
}

std::optional<Expanded> Value::scalar(std::string_view expected) const {
  if (std::holds_alternative<yaml::Unreadable>(node_->value)) {
    return std::nullopt;
  }
  const auto* scalar = std::get_if<yaml::Scalar>(&node_->value);
  if (scalar == nullptr) {
    refuse(expected);
    return std::nullopt;
  }
  auto expanded = expand(scalar->text, context_->environment);
  if (!expanded) {
    complain(expanded.error());
    return std::nullopt;
  }
  if (expanded->text.empty()) {
    complain("found " + std::string(is_null() ? "nothing" : "an empty text") + ", expected " +
             std::string(expected));
    return std::nullopt;
  }
  return *std::move(expanded);
}

std::optional<std::string> Value::text(std::string_view expected) const {
  auto expanded = scalar(expected);
  if (!expanded) {
    return std::nullopt;
  }
  if (std::ranges::any_of(expanded->text, is_control)) {
    complain("found a line break or another control character, expected " + std::string(expected) +
             " on one line");
    return std::nullopt;
  }
  return std::move(expanded->text);
}

std::optional<std::string> Value::one_of(std::span<const std::string_view> known) const {
  const std::string expected = listed(strings(known), "or");
  auto chosen = text(expected);
  if (!chosen || std::ranges::find(known, *chosen) != known.end()) {
    return chosen;
  }
  refuse(expected + did_you_mean(*chosen, known));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Value::duration(Zero zero) const {
  constexpr std::string_view expected = "a duration like 15s, 1h30m or 7d";
  const auto expanded = scalar(expected);
  if (!expanded) {
    return std::nullopt;
  }
  const auto duration = parse_duration(expanded->text);
  if (!duration) {
    refuse(expected);
    return std::nullopt;
  }
  if (duration->count() == 0 && zero == Zero::refused) {
    refuse("a duration longer than 0");
    return std::nullopt;
  }
  if (*duration > kLongestDuration) {
    refuse("a duration of at most 10y");
    return std::nullopt;
  }
  return *duration;
}

std::optional<std::string> Value::plain(const std::string& expected) const {
  auto expanded = scalar(expected);
  if (!expanded) {
    return std::nullopt;
  }
  if (std::get<yaml::Scalar>(node_->value).quoted) {
    complain("found the text " + found() + ", expected " + expected + " without quotes");
    return std::nullopt;
  }
  return std::move(expanded->text);
}

std::optional<std::size_t> Value::whole_number(std::size_t least, std::size_t most) const {
  const std::string expected = "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto digits = plain(expected);
  if (!digits) {
    return std::nullopt;
  }
  const auto number = parse_whole_number(*digits);
  if (!number || *number < least || *number > most) {
    refuse(expected);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> Value::flag() const {
  const auto word = plain("true or false");
  if (!word) {
    return std::nullopt;
  }
  if (*word != "true" && *word != "false") {
    refuse("true or false");
    return std::nullopt;
  }
  return *word == "true";
}

std::vector<Value> Value::items(std::string_view expected) const {
  std::vector<Value> values;
  if (const auto* items = std::get_if<yaml::Sequence>(&node_->value)) {
    for (const yaml::Node& item : *items) {
      values.emplace_back(*context_, item, yaml::path_of_item(path_, values.size()));
    }
  } else if (!is_null() && !std::holds_alternative<yaml::Unreadable>(node_->value)) {
    refuse_unseen(expected);
  }
  return values;
}

std::optional<Value> Value::child(std::string_view key) const {
  const auto* map = std::get_if<yaml::Map>(&node_->value);
  if (map == nullptr) {
    return std::nullopt;
  }
  const auto entry = std::ranges::find(*map, key, &yaml::Entry::key);
  if (entry == map->end()) {
    return std::nullopt;
  }
  return Value(*context_, entry->value, yaml::path_of_key(path_, key));
}

const yaml::Map* Value::map(std::string_view expected) const {
  const auto* map = std::get_if<yaml::Map>(&node_->value);
  if (map == nullptr && !is_null() && !std::holds_alternative<yaml::Unreadable>(node_->value)) {
    refuse_unseen(expected);
  }
  return map;
}

Section::Section(const Value& value, const keys::Group& group)
    : value_(value), map_(value.map("a map with " + listed(strings(group.known), "or"))) {
  if (map_ != nullptr) {
    refuse_unknown(group);
  }
}

void Section::refuse_unknown(const keys::Group& group) {
  for (const yaml::Entry& entry : *map_) {
    if (std::ranges::find(group.known, entry.key) != group.known.end()) {
      continue;
    }
    value_.context().problems.push_back({.at = entry.key_at,
                                         .path = yaml::path_of_key(value_.path(), entry.key),
                                         .message = refusal(entry.key, group)});
  }
}

std::string Section::refusal(std::string_view key, const keys::Group& group) {
  if (std::ranges::find(group.later, key) != group.later.end()) {
    return "not supported by this version yet; " + std::string(group.instead_of_later);
  }
  const auto meant = nearest(key, group.known);
  if (!meant) {
    return "unknown key, expected " + listed(strings(group.known), "or");
  }
  meant_.push_back(*meant);
  return "unknown key, did you mean " + std::string(*meant) + "?";
}

bool Section::lacks(std::string_view key) const {
  return !find(key) && std::ranges::find(meant_, key) == meant_.end();
}

Setting<std::chrono::milliseconds> Section::duration(std::string_view key, std::chrono::milliseconds fallback,
                                                     Zero zero) const {
  return read(key, fallback, [zero](const Value& value) { return value.duration(zero); });
}

Setting<std::size_t> Section::whole_number(std::string_view key, std::size_t fallback, std::size_t least,
                                           std::size_t most) const {
  return read(key, fallback, [least, most](const Value& value) { return value.whole_number(least, most); });
}

}  // namespace iothub

#include "simulator/yaml_map.hpp"

#include <algorithm>
#include <charconv>

#include "simulator/duration_text.hpp"
#include "simulator/json_text.hpp"

namespace azure_simulator {
namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// The text of a scalar, or a problem.
std::optional<std::string> scalar(const YAML::Node& node, std::string_view key, std::string_view expected,
                                  Problems& problems) {
  if (!node.IsScalar()) {
    problems.add(node.Mark(), quoted(key) + " must be " + std::string(expected));
    return std::nullopt;
  }
  return node.Scalar();
}

std::optional<Duration> duration_in(const YAML::Node& node, std::string_view key, Problems& problems) {
  const auto text = scalar(node, key, "a duration such as 40s or 1h30m", problems);
  if (!text) {
    return std::nullopt;
  }
  const auto duration = parse_duration_text(*text);
  if (!duration) {
    problems.add(node.Mark(), quoted(key) + " is " + quoted(*text) + ", not a duration such as 40s or 1h30m");
  }
  return duration;
}

void write_scalar(const YAML::Node& node, JsonText& json) {
  const std::string& text = node.Scalar();
  const bool plain = node.Tag() != "!";
  if (plain && (text == "true" || text == "false")) {
    json.boolean(text == "true");
  } else if (plain && number_in<std::int64_t>(text)) {
    json.number(*number_in<std::int64_t>(text));
  } else if (plain && number_in<double>(text) && text.find_first_of("nN") == std::string::npos) {
    json.raw(text);
  } else {
    json.text(text);
  }
}

constexpr int kDeepest = 32;

void write_node(const YAML::Node& node, int depth, JsonText& json, Problems& problems) {
  if (depth > kDeepest) {
    problems.add(node.Mark(), "is nested too deeply");
    json.null();
  } else if (node.IsMap()) {
    json.begin_object();
    for (const auto& entry : node) {
      json.key(entry.first.Scalar());
      write_node(entry.second, depth + 1, json, problems);
    }
    json.end_object();
  } else if (node.IsSequence()) {
    json.begin_array();
    for (const auto& item : node) {
      write_node(item, depth + 1, json, problems);
    }
    json.end_array();
  } else if (node.IsScalar()) {
    write_scalar(node, json);
  } else {
    json.null();
  }
}

}  // namespace

void Problems::add(const YAML::Mark& where, std::string_view what) {
  text_ += (text_.empty() ? "" : "\n") + file_ + ":" + std::to_string(where.line + 1) + ":" +
           std::to_string(where.column + 1) + ": " + std::string(what);
}

YamlMap::YamlMap(const YAML::Node& node, std::string what, Problems& problems)
    : mark_(node.Mark()), what_(std::move(what)), problems_(&problems) {
  if (!node.IsMap()) {
    problems.add(mark_, what_ + " must be a map");
    return;
  }
  for (const auto& entry : node) {
    if (!entry.first.IsScalar()) {
      problems.add(entry.first.Mark(), "a key of " + what_ + " must be a text");
    } else if (has(entry.first.Scalar())) {
      problems.add(entry.first.Mark(), quoted(entry.first.Scalar()) + " appears twice");
    } else {
      entries_.emplace_back(entry.first.Scalar(), entry.second);
    }
  }
}

bool YamlMap::has(std::string_view key) const {
  return std::ranges::any_of(entries_, [&](const auto& entry) { return entry.first == key; });
}

std::optional<YAML::Node> YamlMap::take(std::string_view key) {
  const auto found = std::ranges::find_if(entries_, [&](const auto& entry) { return entry.first == key; });
  if (found == entries_.end()) {
    return std::nullopt;
  }
  const YAML::Node node = found->second;
  // Erasing would assign nodes, which in yaml-cpp changes what they refer to.
  found->first.clear();
  if (node.IsNull()) {
    return std::nullopt;
  }
  return node;
}

void YamlMap::read(std::string_view key, std::string& value) {
  if (const auto node = take(key)) {
    value = scalar(*node, key, "a text", *problems_).value_or(value);
  }
}

void YamlMap::read(std::string_view key, bool& value) {
  const auto node = take(key);
  if (!node) {
    return;
  }
  const std::string text = node->IsScalar() ? node->Scalar() : "";
  if (text != "true" && text != "false") {
    problems_->add(node->Mark(), quoted(key) + " must be true or false");
  }
  value = text == "true";
}

void YamlMap::read(std::string_view key, double& value) {
  if (const auto node = take(key)) {
    const auto number = number_in<double>(node->IsScalar() ? node->Scalar() : "");
    if (!number || !(*number >= 0) || *number > 1e9) {
      problems_->add(node->Mark(), quoted(key) + " must be a number from 0 to 1e9");
    }
    value = number.value_or(value);
  }
}

void YamlMap::read(std::string_view key, std::int64_t& value) {
  if (const auto number = count(key)) {
    value = static_cast<std::int64_t>(*number);
  }
}

void YamlMap::read(std::string_view key, Duration& value) {
  if (const auto node = take(key)) {
    value = duration_in(*node, key, *problems_).value_or(value);
  }
}

void YamlMap::read(std::string_view key, DurationRange& value) {
  const auto node = take(key);
  if (!node) {
    return;
  }
  if (!node->IsSequence()) {
    const Duration duration = duration_in(*node, key, *problems_).value_or(value.from);
    value = {duration, duration};
    return;
  }
  if (node->size() != 2) {
    problems_->add(node->Mark(), quoted(key) + " must be a duration or a list of two: [30s, 90s]");
    return;
  }
  value.from = duration_in((*node)[0], key, *problems_).value_or(value.from);
  value.to = duration_in((*node)[1], key, *problems_).value_or(value.to);
  if (value.to < value.from) {
    problems_->add(node->Mark(), quoted(key) + " must not end before it begins");
  }
}

void YamlMap::read(std::string_view key, std::vector<std::string>& value) {
  const auto node = take(key);
  if (!node) {
    return;
  }
  value.clear();
  if (node->IsScalar()) {
    value.push_back(node->Scalar());
    return;
  }
  if (!node->IsSequence()) {
    problems_->add(node->Mark(), quoted(key) + " must be a text or a list of texts");
    return;
  }
  for (const auto& item : *node) {
    value.push_back(scalar(item, key, "a list of texts", *problems_).value_or(""));
  }
}

std::string YamlMap::required(std::string_view key) {
  std::string value;
  const bool present = has(key);
  read(key, value);
  if (!present) {
    problem(what_ + " needs " + quoted(key));
  }
  return value;
}

std::optional<std::uint64_t> YamlMap::count(std::string_view key) {
  const auto node = take(key);
  if (!node) {
    return std::nullopt;
  }
  const auto number = number_in<std::uint64_t>(node->IsScalar() ? node->Scalar() : "");
  if (!number || *number > (std::uint64_t{1} << 40U)) {
    problems_->add(node->Mark(), quoted(key) + " must be a whole number that is not negative");
    return std::nullopt;
  }
  return number;
}

std::vector<YamlMap> YamlMap::maps(std::string_view key, const std::string& what) {
  std::vector<YamlMap> maps;
  const auto node = take(key);
  if (!node) {
    return maps;
  }
  if (!node->IsSequence()) {
    problems_->add(node->Mark(), quoted(key) + " must be a list");
    return maps;
  }
  for (const auto& item : *node) {
    maps.emplace_back(item, what, *problems_);
  }
  return maps;
}

Headers YamlMap::pairs(std::string_view key) {
  Headers pairs;
  const auto node = take(key);
  if (!node) {
    return pairs;
  }
  if (!node->IsMap()) {
    problems_->add(node->Mark(), quoted(key) + " must be a map of texts");
    return pairs;
  }
  for (const auto& entry : *node) {
    pairs.emplace_back(scalar(entry.first, key, "a map of texts", *problems_).value_or(""),
                       scalar(entry.second, key, "a map of texts", *problems_).value_or(""));
  }
  return pairs;
}

void YamlMap::finish() {
  for (const auto& [key, node] : entries_) {
    if (!key.empty()) {
      problems_->add(node.Mark(), quoted(key) + " is not a key of " + what_);
    }
  }
}

std::string json_of(const YAML::Node& node, Problems& problems) {
  JsonText json;
  write_node(node, 0, json, problems);
  return json.take();
}

}  // namespace azure_simulator

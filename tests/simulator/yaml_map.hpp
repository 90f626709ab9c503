// Reads the maps of a scenario strictly: every key must be known and appear once, every value must have its
// type, and every problem is kept with its line and column. Only for .cpp files here: it brings yaml-cpp
// along.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "simulator/scenario.hpp"

namespace azure_simulator {

class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(const YAML::Mark& where, std::string_view what);
  [[nodiscard]] bool empty() const { return text_.empty(); }
  // One line per problem, "file:line:column: what".
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string file_;
  std::string text_;
};

class YamlMap {
 public:
  // `what` names the map in messages: "a hub".
  YamlMap(const YAML::Node& node, std::string what, Problems& problems);

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] YAML::Mark mark() const { return mark_; }
  [[nodiscard]] Problems& problems() const { return *problems_; }
  void problem(std::string_view what) const { problems_->add(mark_, what); }

  // Each takes the key off the map and leaves `value` alone if there is none. A null counts as absent.
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, bool& value);
  void read(std::string_view key, double& value);
  void read(std::string_view key, std::int64_t& value);
  void read(std::string_view key, Duration& value);
  void read(std::string_view key, DurationRange& value);             // `40s` or `[30s, 90s]`
  void read(std::string_view key, std::vector<std::string>& value);  // a single text counts as a list of one
  [[nodiscard]] std::string required(std::string_view key);

  // A count or a size: not negative.
  [[nodiscard]] std::optional<std::uint64_t> count(std::string_view key);
  // The value as it stands, or nothing.
  [[nodiscard]] std::optional<YAML::Node> take(std::string_view key);
  // The items of a list, one map each.
  [[nodiscard]] std::vector<YamlMap> maps(std::string_view key, const std::string& what);
  // The pairs of a map of texts.
  [[nodiscard]] Headers pairs(std::string_view key);

  // Reports the keys that nobody took.
  void finish();

 private:
  YAML::Mark mark_;
  std::string what_;
  Problems* problems_;
  std::vector<std::pair<std::string, YAML::Node>> entries_;
};

// A node as JSON: plain scalars become null, booleans and numbers where they read as such; quoted ones stay
// texts.
std::string json_of(const YAML::Node& node, Problems& problems);

}  // namespace azure_simulator

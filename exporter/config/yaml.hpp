// YAML as a configuration needs it, read in one strict pass: no anchors, aliases, tags, merge keys, complex keys,
// duplicate keys or second documents, UTF-8 without NUL, at most 1 MiB, and every node knows where it stands.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace iothub::yaml {

// One-based, as editors count.
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

struct Problem {
  Position at;
  std::string message;
};

struct Node;

struct Scalar {
  std::string text;
  bool quoted = false;  // a quoted 5 is a text, a plain one is a number
  [[nodiscard]] bool is_null() const;
};
using Sequence = std::vector<Node>;

struct Entry;
using Map = std::vector<Entry>;

struct Node {
  Position at;
  std::variant<Scalar, Sequence, Map> value;
};

struct Entry {
  std::string key;
  Position key_at;
  Node value;
};

// An empty document is an empty map. The first syntax error ends the reading, so there is only one.
[[nodiscard]] tl::expected<Node, std::vector<Problem>> parse(std::string_view text);

}  // namespace iothub::yaml

// YAML as a configuration needs it, read in one strict pass: no anchors, aliases, tags, merge keys, complex
// keys, duplicate keys or second documents, UTF-8 without NUL, at most 1 MiB and 32 levels, and every node
// knows where it stands.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iothub::yaml {

inline constexpr std::size_t kLargestText = 1U << 20U;
inline constexpr std::size_t kDeepestNesting = 32;

// One-based, as editors count; columns are characters, not bytes.
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const =
      default;  // NOLINT(modernize-use-nullptr): false alarm of clang-tidy 14
};

// One mistake: "hubs[0].jobs" and a sentence that goes on from there.
struct Problem {
  Position at;
  std::string path;  // empty: the mistake is the file's
  std::string message;
  bool operator==(const Problem&) const = default;
};

struct Node;
struct Entry;

struct Scalar {
  std::string text;
  bool quoted = false;  // a quoted 5 is a text, a plain one is a number
  [[nodiscard]] bool is_null() const { return text.empty() && !quoted; }
};
using Sequence = std::vector<Node>;
using Map = std::vector<Entry>;  // in the file's order, without duplicates

// What could not be read; a problem says why, so nobody needs to complain again.
struct Unreadable {};

struct Node {
  Position at;  // of a value that is left out: of its key or dash
  std::variant<Scalar, Sequence, Map, Unreadable> value;
};

struct Entry {
  std::string key;
  Position key_at;
  Node value;
};

struct Document {
  Node root;
  std::vector<Problem> problems;
  bool is_complete = true;  // false: a syntax error ended the reading, and `root` is worth nothing
};

// The root of an empty text is a null.
[[nodiscard]] Document parse(std::string_view text);

// The path of a key or item inside of `path`: "polling.interval", "hubs[0]".
std::string path_of_key(std::string_view path, std::string_view key);
std::string path_of_item(std::string_view path, std::size_t index);

// `text` for people: in quotes, on one line, cut if it is long.
std::string quote(std::string_view text);

}  // namespace iothub::yaml

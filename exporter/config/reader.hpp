// Typed, strict reading of the YAML tree: a Value is one node that knows its path, a Section a map whose keys
// are known. Whatever is wrong is complained about once, in Context::problems, and read as nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config_loader.hpp"
#include "config/expand.hpp"
#include "config/keys.hpp"
#include "config/yaml.hpp"

namespace iothub {

// What all of one reading share.
struct Context {
  Environment environment;
  FileExists file_exists;
  std::filesystem::path folder;  // where relative paths begin
  std::vector<yaml::Problem> problems;
};

enum class Zero : std::uint8_t { refused, allowed };

// The Context and the node must outlive it. Copies are cheap enough: one path each.
class Value {
 public:
  Value(Context& context, const yaml::Node& node, std::string path)
      : context_(&context), node_(&node), path_(std::move(path)) {}

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] yaml::Position at() const { return node_->at; }
  [[nodiscard]] Context& context() const { return *context_; }

  // "<path>: <sentence>".
  void complain(std::string sentence) const;
  // "<path>: found <what there is>, expected <expected>".
  void refuse(std::string_view expected) const;
  // The same for values that may be a secret in the wrong place.
  void refuse_unseen(std::string_view expected) const;
  // What there is, for a sentence. Text from the environment is not shown.
  [[nodiscard]] std::string found() const;
  // The same without any of its text.
  [[nodiscard]] std::string kind() const;

  // Whether part of it came from the environment.
  [[nodiscard]] bool is_replaced() const;
  // Nothing after the colon or dash, or a null.
  [[nodiscard]] bool is_null() const;
  // A null, or a list without items.
  [[nodiscard]] bool is_empty() const;

  // Nonempty and without control characters, ${NAME} replaced.
  [[nodiscard]] std::optional<std::string> text(std::string_view expected = "a text") const;
  // Whether it is a null or an empty text, which for keys whose default is "" means the default.
  [[nodiscard]] bool is_blank() const;
  // One of `known`, in their spelling.
  [[nodiscard]] std::optional<std::string> one_of(std::span<const std::string_view> known) const;
  [[nodiscard]] std::optional<std::chrono::milliseconds> duration(Zero zero = Zero::refused) const;
  [[nodiscard]] std::optional<std::size_t> whole_number(std::size_t least, std::size_t most) const;
  [[nodiscard]] std::optional<bool> flag() const;

  // The items of a list; none of a null.
  [[nodiscard]] std::vector<Value> items(std::string_view expected) const;
  // What a map has under `key`; nothing if it is absent, or this is no map.
  [[nodiscard]] std::optional<Value> child(std::string_view key) const;
  // The entries of a map; nullptr of a null, and of anything else with a complaint.
  [[nodiscard]] const yaml::Map* map(std::string_view expected) const;

 private:
  // A scalar that is not empty, ${NAME} replaced.
  [[nodiscard]] std::optional<Expanded> scalar(std::string_view expected) const;
  // The same, without quotes: numbers and truth values.
  [[nodiscard]] std::optional<std::string> plain(const std::string& expected) const;

  Context* context_;
  const yaml::Node* node_;
  std::string path_;
};

// A setting as it was read: `value` is the default if its key is absent or wrong.
template <typename T>
struct Setting {
  T value;
  std::optional<Value> source = std::nullopt;  // if the key is there
  bool is_good = true;                         // false: it was complained about, so compare nothing with it

  [[nodiscard]] bool is_given() const { return source && is_good; }
};

class Section {
 public:
  // Complains about unknown keys, and about anything but a map or nothing.
  Section(const Value& value, const keys::Group& group);

  [[nodiscard]] const Value& value() const { return value_; }
  [[nodiscard]] bool is_map() const { return map_ != nullptr; }
  [[nodiscard]] std::optional<Value> find(std::string_view key) const { return value_.child(key); }

  // Neither the key nor anything that looks like a slip of the pen for it: time to complain that it is
  // missing.
  [[nodiscard]] bool lacks(std::string_view key) const;

  // `parse` takes the Value and returns an optional.
  template <typename T, typename Parse>
  [[nodiscard]] Setting<T> read(std::string_view key, T fallback, Parse parse) const {
    auto found = find(key);
    if (!found) {
      return {.value = std::move(fallback)};
    }
    std::optional<T> parsed = parse(*found);
    const bool is_good = parsed.has_value();
    return {.value = is_good ? *std::move(parsed) : std::move(fallback),
            .source = std::move(found),
            .is_good = is_good};
  }

  [[nodiscard]] Setting<std::chrono::milliseconds> duration(std::string_view key,
                                                            std::chrono::milliseconds fallback,
                                                            Zero zero = Zero::refused) const;
  [[nodiscard]] Setting<std::size_t> whole_number(std::string_view key, std::size_t fallback,
                                                  std::size_t least, std::size_t most) const;

 private:
  void refuse_unknown(const keys::Group& group);
  std::string refusal(std::string_view key, const keys::Group& group);

  Value value_;
  const yaml::Map* map_ = nullptr;
  std::vector<std::string_view> meant_;  // keys that an unknown one was probably meant to be
};

}  // namespace iothub

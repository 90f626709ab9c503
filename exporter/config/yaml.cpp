#include "config/yaml.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "config/yaml_text.hpp"
#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace iothub::yaml {

namespace {

constexpr std::size_t kLongestQuote = 200;

// Ends the reading from inside of yaml-cpp's calls; caught in parse().
struct Stop {};

// A list or map whose end is still to come.
struct Open {
  Node node;
  int column = 0;  // of a block list: where its dashes stand
  bool is_block = false;
  std::optional<Entry> entry;                      // of a map: the key whose value comes next
  bool is_kept = true;                             // false: the entry was complained about
  std::unordered_map<std::string, int> key_lines;  // of a map
};

// Builds the tree from yaml-cpp's events. The tags "?" and "!" are its own, for plain and quoted scalars.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const Text& text) : text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override;

  void syntax_error(const YAML::ParserException& error);
  [[nodiscard]] Document take() && { return std::move(document_); }

 private:
  void complain(Position at, std::string message);
  bool refuse_tag(const YAML::Mark& mark, const std::string& tag);
  void open(const YAML::Mark& mark, const std::string& tag, Node node, YAML::EmitterStyle::value style);
  void close();
  void add(Node node);
  void add_key(const Node& node);
  bool accept_key(const Node& node);
  [[nodiscard]] bool expects_key() const;
  [[nodiscard]] std::string path() const;
  [[nodiscard]] Position position(const YAML::Mark& mark) const {
    return text_.position(mark.line, mark.column);
  }

  const Text& text_;
  Document document_;
  std::vector<Open> open_;
  bool has_document_ = false;
};

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  if (has_document_) {
    complain(position(mark), "found a second document, expected one configuration per file");
    throw Stop{};
  }
  has_document_ = true;
}

// yaml-cpp gives the place of what follows.
void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  Position at = position(mark);
  if (!open_.empty() && open_.back().entry) {
    at = open_.back().entry->key_at;
  } else if (!open_.empty() && open_.back().is_block && !expects_key()) {
    at = text_.dash_before(mark.line, mark.column, open_.back().column);
  }
  add({.at = at, .value = Scalar{}});
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  complain(position(mark), "found an alias (*), expected the value itself");
  add({.at = position(mark), .value = Unreadable{}});
}

void Builder::OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) {
  complain(position(mark), "found an anchor (&), expected the value alone; quote a text that begins with &");
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                       const std::string& value) {
  // yaml-cpp takes a quote that is never closed for one that ends with the file.
  if (!text_.closes_quote(mark.line, mark.column)) {
    complain(position(mark), "found a quote that is not closed");
    document_.is_complete = false;
    throw Stop{};
  }
  if (refuse_tag(mark, tag)) {
    add({.at = position(mark), .value = Unreadable{}});
  } else {
    add({.at = position(mark), .value = Scalar{.text = value, .quoted = tag != "?"}});
  }
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                              YAML::EmitterStyle::value style) {
  open(mark, tag, {.at = position(mark), .value = Sequence{}}, style);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value style) {
  open(mark, tag, {.at = position(mark), .value = Map{}}, style);
}

void Builder::complain(Position at, std::string message) {
  document_.problems.push_back({.at = at, .path = path(), .message = std::move(message)});
}

bool Builder::refuse_tag(const YAML::Mark& mark, const std::string& tag) {
  const bool is_tagged =
      (!tag.empty() && tag != "?" && tag != "!") || text_.from(mark.line, mark.column).starts_with('!');
  if (is_tagged) {
    complain(position(mark), "found a tag (!), expected the value alone; quote a text that begins with !");
  }
  return is_tagged;
}

void Builder::open(const YAML::Mark& mark, const std::string& tag, Node node,
                   YAML::EmitterStyle::value style) {
  refuse_tag(mark, tag);
  if (open_.size() == kDeepestNesting) {
    document_.problems.push_back({.at = node.at,
                                  .path = "",
                                  .message = "found lists or maps nested deeper than " +
                                             std::to_string(kDeepestNesting) + " levels, expected fewer"});
    document_.is_complete = false;
    throw Stop{};
  }
  Open next;
  next.node = std::move(node);
  next.column = mark.column;
  next.is_block = style == YAML::EmitterStyle::Block;
  open_.push_back(std::move(next));
}

void Builder::close() {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  add(std::move(node));
}

void Builder::add(Node node) {
  if (open_.empty()) {
    document_.root = std::move(node);
    return;
  }
  if (expects_key()) {
    add_key(node);
    return;
  }
  Open& parent = open_.back();
  if (auto* items = std::get_if<Sequence>(&parent.node.value)) {
    items->push_back(std::move(node));
    return;
  }
  if (parent.is_kept) {
    parent.entry->value = std::move(node);
    std::get<Map>(parent.node.value).push_back(*std::move(parent.entry));
  }
  parent.entry.reset();
}

void Builder::add_key(const Node& node) {
  const bool is_kept = accept_key(node);
  const auto* scalar = std::get_if<Scalar>(&node.value);
  Open& map = open_.back();
  map.is_kept = is_kept;
  map.entry = Entry{.key = scalar != nullptr ? scalar->text : "?", .key_at = node.at, .value = {}};
}

bool Builder::accept_key(const Node& node) {
  if (std::holds_alternative<Unreadable>(node.value)) {
    return false;
  }
  const auto* scalar = std::get_if<Scalar>(&node.value);
  if (scalar == nullptr) {
    complain(node.at, "found a list or map in the place of a key, expected a name");
    return false;
  }
  if (scalar->text.empty()) {
    complain(node.at, "found a value without a key, expected a name before the colon");
    return false;
  }
  if (scalar->text == "<<" && !scalar->quoted) {
    complain(node.at, "found a merge key (<<), expected the keys themselves");
    return false;
  }
  const auto [first, is_new] = open_.back().key_lines.try_emplace(scalar->text, node.at.line);
  if (!is_new) {
    document_.problems.push_back({.at = node.at,
                                  .path = path_of_key(path(), scalar->text),
                                  .message = "found a second time, expected once; it stands in line " +
                                             std::to_string(first->second) + " already"});
  }
  return is_new;
}

bool Builder::expects_key() const {
  return !open_.empty() && std::holds_alternative<Map>(open_.back().node.value) && !open_.back().entry;
}

std::string Builder::path() const {
  std::string path;
  for (const Open& level : open_) {
    if (const auto* items = std::get_if<Sequence>(&level.node.value)) {
      path = path_of_item(path, items->size());
    } else if (level.entry) {
      path = path_of_key(path, level.entry->key);
    }
  }
  return path;
}

struct Explanation {
  std::string_view what;  // how yaml-cpp's message begins
  std::string_view said;
};

constexpr std::string_view kDoesNotFit =
    "found something that does not fit what stands above it, expected the indentation of its neighbours";
constexpr std::string_view kNeverClosed =
    "found a bracket that is not closed, or a comma that is missing in it";
constexpr std::string_view kAlias =
    "found an alias (*), expected the value itself; quote a text that begins with *";
constexpr std::string_view kAnchor =
    "found an anchor (&), expected the value alone; quote a text that begins with &";

const std::array<Explanation, 14> kExplanations{{
    {YAML::ErrorMsg::MAP_VALUE,
     "found a colon that belongs to no key, expected other indentation, or quotes around a text that has a "
     "colon"},
    {YAML::ErrorMsg::MAP_KEY, kDoesNotFit},
    {YAML::ErrorMsg::BLOCK_ENTRY, kDoesNotFit},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, kNeverClosed},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, kNeverClosed},
    {YAML::ErrorMsg::END_OF_MAP, kDoesNotFit},
    {YAML::ErrorMsg::END_OF_SEQ, kDoesNotFit},
    {YAML::ErrorMsg::FLOW_END, "found a closing bracket that was not opened"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "found a quote that is not closed"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN,
     "found a character that no text may begin with, expected quotes around the text"},
    {YAML::ErrorMsg::INVALID_ESCAPE,
     "found an unknown escape after a backslash, expected single quotes around texts with backslashes"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, kAlias},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, kAlias},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, kAnchor},
}};

std::string explained(const std::string& message) {
  for (const auto& [what, said] : kExplanations) {
    if (message.starts_with(what)) {
      return std::string(said);
    }
  }
  return "found what is not YAML (" + message + ")";
}

void Builder::syntax_error(const YAML::ParserException& error) {
  document_.is_complete = false;
  Problem problem{.at = position(error.mark), .path = "", .message = explained(error.msg)};
  if (problem.message == kNeverClosed && !open_.empty()) {  // yaml-cpp gives no place
    problem.at = open_.back().node.at;
  } else if (text_.is_tab_indented(error.mark.line)) {
    problem.at.column = 1;
    problem.message = "found a tab in the indentation, expected spaces";
  }
  document_.problems.push_back(std::move(problem));
}

Document refused(Problem problem) {
  Document document;
  document.problems.push_back(std::move(problem));
  document.is_complete = false;
  return document;
}

bool is_plain_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return is_ascii_digit(c) || is_ascii_letter(c) || c == '_' || c == '-' ||
           static_cast<unsigned char>(c) >= 0x80;
  });
}

}  // namespace

Document parse(std::string_view text) {
  const Text checked(text);
  if (auto problem = checked.first_problem()) {
    return refused(*std::move(problem));
  }
  Builder builder(checked);
  std::istringstream in{std::string(checked.content())};
  try {
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
  } catch (const YAML::ParserException& error) {
    builder.syntax_error(error);
  }
  return std::move(builder).take();
}

std::string path_of_key(std::string_view path, std::string_view key) {
  const std::string name = is_plain_key(key) ? std::string(key) : quote(key);
  return path.empty() ? name : std::string(path) + "." + name;
}

std::string path_of_item(std::string_view path, std::size_t index) {
  return std::string(path) + "[" + std::to_string(index) + "]";
}

std::string quote(std::string_view text) {
  const auto shown = cut_utf8(text, kLongestQuote);
  std::string quoted = "\"";
  for (const char c : shown) {
    if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else {
      quoted += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    }
  }
  return quoted + (shown.size() < text.size() ? "…\"" : "\"");
}

}  // namespace iothub::yaml

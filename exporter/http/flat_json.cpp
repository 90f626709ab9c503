#include "http/flat_json.hpp"

#include <charconv>
#include <utility>
#include <vector>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace iothub {

namespace {

constexpr std::size_t kMaxDepth = 64;

// What RapidJSON's reader calls, event by event; a method that returns false ends the reading.
class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  bool Null() { return scalar(""); }
  bool Bool(bool value) { return scalar(value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return scalar({text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    return scalar(repaired_utf8({text, length}));
  }
  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    levels_.back().name = ascii_lower(std::string_view(text, length));
    return true;
  }
  bool StartObject() { return open(/*is_array=*/false); }
  bool StartArray() { return !levels_.empty() && open(/*is_array=*/true); }
  bool EndObject(rapidjson::SizeType /*members*/) { return close(); }
  bool EndArray(rapidjson::SizeType /*elements*/) { return close(); }

  std::map<std::string, std::string, std::less<>> take() { return std::move(scalars_); }

 private:
  struct Level {
    bool is_array;
    std::string name;  // of the current member
    std::size_t index = 0;
  };

  bool open(bool is_array) {
    levels_.push_back({is_array, {}});
    return levels_.size() <= kMaxDepth;
  }

  bool close() {
    levels_.pop_back();
    next_element();
    return true;
  }

  bool scalar(std::string_view text) {
    if (levels_.empty()) {
      return false;  // the document is no object
    }
    scalars_.try_emplace(path(), text);  // the first of two equal names wins
    next_element();
    return true;
  }

  void next_element() {
    if (!levels_.empty() && levels_.back().is_array) {
      ++levels_.back().index;
    }
  }

  [[nodiscard]] std::string path() const {
    std::string path;
    for (const Level& level : levels_) {
      path += path.empty() ? "" : ".";
      path += level.is_array ? std::to_string(level.index) : level.name;
    }
    return path;
  }

  std::vector<Level> levels_;
  std::map<std::string, std::string, std::less<>> scalars_;
};

}  // namespace

Result<FlatJson> FlatJson::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {  // the reader would take it for the end
    return fail(ErrorKind::bad_response, "the answer holds a NUL byte");
  }
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  Handler handler;
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(text.data(), text.size());
  reader.Parse<kFlags>(stream, handler);
  if (reader.HasParseError()) {
    const bool refused = reader.GetParseErrorCode() == rapidjson::kParseErrorTermination;
    return fail(ErrorKind::bad_response,
                "the answer is not a JSON object at byte " + std::to_string(reader.GetErrorOffset()) +
                    " of " + std::to_string(text.size()) + (refused ? "" : std::string(": ")) +
                    (refused ? "" : rapidjson::GetParseError_En(reader.GetParseErrorCode())));
  }
  FlatJson json;
  json.scalars_ = handler.take();
  return json;
}

std::string_view FlatJson::text(std::string_view path) const {
  const auto found = scalars_.find(ascii_lower(path));
  return found == scalars_.end() ? std::string_view{} : std::string_view(found->second);
}

std::optional<std::int64_t> FlatJson::integer(std::string_view path) const {
  const std::string_view digits = text(path);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return number;
}

}  // namespace iothub

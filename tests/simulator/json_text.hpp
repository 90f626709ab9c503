// Writes JSON bodies member by member. Only for .cpp files here: it brings RapidJSON along.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace azure_simulator {

class JsonText {
 public:
  JsonText& begin_object() { return writer_.StartObject(), *this; }
  JsonText& end_object() { return writer_.EndObject(), *this; }
  JsonText& begin_array() { return writer_.StartArray(), *this; }
  JsonText& end_array() { return writer_.EndArray(), *this; }

  JsonText& key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  JsonText& text(std::string_view value) {
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
    return *this;
  }
  JsonText& number(std::int64_t value) { return writer_.Int64(value), *this; }
  JsonText& boolean(bool value) { return writer_.Bool(value), *this; }
  JsonText& null() { return writer_.Null(), *this; }
  // `json` is a complete value that somebody else wrote.
  JsonText& raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
  }

  JsonText& text(std::string_view name, std::string_view value) { return key(name).text(value); }
  JsonText& number(std::string_view name, std::int64_t value) { return key(name).number(value); }
  JsonText& boolean(std::string_view name, bool value) { return key(name).boolean(value); }
  JsonText& begin_object(std::string_view name) { return key(name).begin_object(); }
  JsonText& begin_array(std::string_view name) { return key(name).begin_array(); }

  [[nodiscard]] std::string take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_{buffer_};
};

}  // namespace azure_simulator

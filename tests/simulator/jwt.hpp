// Takes a compact JWT apart: three parts of base64url, the first two of them JSON objects. Says nothing about
// whether it is true.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace azure_simulator {

// The members of a JSON object that have a use here; all others are left out.
struct JsonMembers {
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, std::int64_t, std::less<>> numbers;            // whole ones
  std::map<std::string, std::vector<std::string>, std::less<>> lists;  // of texts only

  // Empty if there is none.
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
};

struct Jwt {
  std::string signed_text;  // the first two parts, as sent
  JsonMembers header;
  JsonMembers claims;
  std::string signature;  // bytes
};

[[nodiscard]] std::optional<Jwt> parse_jwt(std::string_view text);

}  // namespace azure_simulator

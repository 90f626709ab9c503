// A small JSON answer that is looked at here and there: a token, an error, a hub. (Lists of jobs are read by
// job/.)
//
// The document becomes a map from paths to scalars: {"error":{"code":"X"},"error_codes":[7]} is error.code =
// X and error_codes.0 = 7. Paths are found regardless of case, for Azure has changed it between API versions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace iothub {

class FlatJson {
 public:
  // Fails (bad_response) if `text` is not one valid JSON object of at most 64 levels; the message tells
  // where.
  [[nodiscard]] static Result<FlatJson> parse(std::string_view text);

  // A text as valid UTF-8, a number or boolean as it was written; empty if there is no such scalar or it is
  // null.
  [[nodiscard]] std::string_view text(std::string_view path) const;

  // A whole number, or a text of digits: Azure sends the same member either way. Nothing else.
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view path) const;

 private:
  std::map<std::string, std::string, std::less<>> scalars_;  // by path in lower case
};

}  // namespace iothub

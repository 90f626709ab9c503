// ${NAME} in the values of a configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/config_loader.hpp"

namespace iothub {

struct Expanded {
  std::string text;
  bool is_from_environment =
      false;  // then it is never shown: it may be a secret that was put in the wrong place
};

// `text` with each ${NAME} replaced; $${ stands for ${ itself. Fails with a sentence that never quotes
// `text`.
[[nodiscard]] tl::expected<Expanded, std::string> expand(std::string_view text,
                                                         const Environment& environment);

// "A", "A and B", "A, B and C".
std::string listed(const std::vector<std::string>& names, std::string_view last_word = "and");

}  // namespace iothub

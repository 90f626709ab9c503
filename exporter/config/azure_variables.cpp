#include "config/azure_variables.hpp"

#include <algorithm>

#include "config/expand.hpp"

namespace iothub {

std::string not_set(const std::vector<std::string>& names) {
  return listed(names) + (names.size() == 1 ? " is" : " are") + " not set";
}

std::string unfit(std::string_view name, std::string_view expected) {
  return std::string(name) + " is not what it should be, expected " + std::string(expected);
}

tl::expected<std::string, std::string> checked(const AzureVariables& variables, const std::string& name,
                                               bool (*is_valid)(std::string_view),
                                               std::string_view expected) {
  auto value = variables.get(name);
  if (value.empty()) {
    return tl::unexpected<std::string>(not_set({name}));
  }
  if (!is_valid(value)) {
    return tl::unexpected<std::string>(unfit(name, expected));
  }
  return value;
}

bool is_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

}  // namespace iothub

// The AZURE_* variables and those of managed identities, by the names that Azure's own libraries use, and
// sentences about them. No sentence shows a value: it may be a secret in the wrong place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/config_loader.hpp"

namespace iothub {

// The Environment must outlive it.
class AzureVariables {
 public:
  explicit AzureVariables(const Environment& environment) : environment_(&environment) {}

  // Empty if it is not set; compose files set variables to nothing.
  [[nodiscard]] std::string get(const std::string& name) const { return (*environment_)(name).value_or(""); }
  [[nodiscard]] bool has(const std::string& name) const { return !get(name).empty(); }

 private:
  const Environment* environment_;
};

// "A is not set", "A and B are not set".
std::string not_set(const std::vector<std::string>& names);

// "A is not what it should be, expected …".
std::string unfit(std::string_view name, std::string_view expected);

// The variable if it is set and valid, else the sentence about it.
[[nodiscard]] tl::expected<std::string, std::string> checked(const AzureVariables& variables,
                                                             const std::string& name,
                                                             bool (*is_valid)(std::string_view),
                                                             std::string_view expected);

// Without line breaks and other control characters.
bool is_one_line(std::string_view text);

}  // namespace iothub

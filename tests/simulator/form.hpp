// The fields of a form, as the body of a request carries them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/message.hpp"
#include "simulator/route.hpp"

namespace azure_simulator {

class Form {
 public:
  // Has no fields if the request does not say that its body is a form.
  explicit Form(const Request& request)
      : pairs_(request.header("content-type").starts_with("application/x-www-form-urlencoded")
                   ? parse_form(request.body)
                   : Pairs{}) {}

  // Empty if there is none.
  [[nodiscard]] std::string operator[](std::string_view name) const {
    const auto found =
        std::ranges::find(pairs_, name, [](const auto& pair) { return std::string_view(pair.first); });
    return found == pairs_.end() ? "" : found->second;
  }

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs pairs_;
};

}  // namespace azure_simulator

#include "config/expand.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "core/ascii.hpp"

namespace iothub {

namespace {

bool is_name(std::string_view name) {
  const auto may_begin = [](char c) { return is_ascii_letter(c) || c == '_'; };
  const auto may_follow = [&](char c) { return may_begin(c) || is_ascii_digit(c); };
  return !name.empty() && may_begin(name.front()) && std::ranges::all_of(name, may_follow);
}

class Expander {
 public:
  Expander(std::string_view text, const Environment& environment) : rest_(text), environment_(environment) {}

  tl::expected<Expanded, std::string> run() {
    while (!rest_.empty() && is_well_formed_) {
      const auto dollar = std::min(rest_.find('$'), rest_.size());
      take(dollar);
      if (rest_.starts_with("$${")) {
        rest_.remove_prefix(1);
        take(2);
      } else if (rest_.starts_with("${")) {
        replace();
      } else {
        take(std::min<std::size_t>(1, rest_.size()));
      }
    }
    if (!is_well_formed_) {
      return tl::unexpected<std::string>(
          "found ${ without a name and }, expected ${NAME}, or $${ for the text ${");
    }
    if (!unset_.empty()) {
      return tl::unexpected<std::string>(
          (unset_.size() == 1 ? "the environment variable " : "the environment variables ") + listed(unset_) +
          (unset_.size() == 1 ? " is" : " are") + " not set, expected a value");
    }
    return expanded_;
  }

 private:
  void take(std::size_t count) {
    expanded_.text += rest_.substr(0, count);
    rest_.remove_prefix(count);
  }

  void replace() {
    const auto end = rest_.find('}');
    const std::string name(rest_.substr(2, end == std::string_view::npos ? 0 : end - 2));
    is_well_formed_ = is_name(name);
    if (!is_well_formed_) {
      return;
    }
    rest_.remove_prefix(end + 1);
    if (const auto value = environment_(name)) {
      expanded_.text += *value;
      expanded_.is_from_environment = true;
    } else if (std::ranges::find(unset_, name) == unset_.end()) {
      unset_.push_back(name);
    }
  }

  std::string_view rest_;
  const Environment& environment_;
  Expanded expanded_;
  std::vector<std::string> unset_;
  bool is_well_formed_ = true;
};

}  // namespace

tl::expected<Expanded, std::string> expand(std::string_view text, const Environment& environment) {
  return Expander(text, environment).run();
}

std::string listed(const std::vector<std::string>& names, std::string_view last_word) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) {
      text += i + 1 < names.size() ? ", " : " " + std::string(last_word) + " ";
    }
    text += names[i];
  }
  return text;
}

}  // namespace iothub

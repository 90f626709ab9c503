#include "exposition/negotiation.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "core/ascii.hpp"

namespace iothub {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const auto begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view{}
                                         : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// Takes what stands before the next `separator` that is not inside quotes.
std::string_view take_until(std::string_view& text, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != separator); ++end) {
    if (text[end] == '"') {
      quoted = !quoted;
    } else if (quoted && text[end] == '\\') {
      ++end;
    }
  }
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(taken);
}

std::string_view unquoted(std::string_view value) {
  return value.size() >= 2 && value.front() == '"' && value.back() == '"' ? value.substr(1, value.size() - 2)
                                                                          : value;
}

// One element of the list.
struct Accepted {
  std::string_view what;
  std::string_view version;  // empty if not told
  double weight = 1;
};

// Nothing if it is no weight.
std::optional<double> parse_weight(std::string_view text) {
  double weight = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), weight, std::chars_format::fixed);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && weight >= 0 && weight <= 1 ? std::optional(weight) : std::nullopt;
}

// An element whose weight is none counts as not there.
std::vector<Accepted> parse_list(std::string_view header) {
  std::vector<Accepted> list;
  while (!header.empty()) {
    std::string_view element = take_until(header, ',');
    Accepted accepted{.what = take_until(element, ';'), .version = {}};
    bool good = !accepted.what.empty();
    while (!element.empty()) {
      std::string_view parameter = take_until(element, ';');
      const std::string_view name = take_until(parameter, '=');
      const std::string_view value = unquoted(trimmed(parameter));
      if (equals_ignoring_case(name, "q")) {
        const auto weight = parse_weight(value);
        good = good && weight;
        accepted.weight = weight.value_or(0);
      } else if (equals_ignoring_case(name, "version")) {
        accepted.version = value;
      }
    }
    if (good) {
      list.push_back(accepted);
    }
  }
  return list;
}

// What the list says of one of our answers. The most specific element decides, the heaviest among equals.
struct Verdict {
  int specificity = 0;  // 0 if nothing is said
  double weight = 0;

  void consider(int how_specific, double its_weight) {
    if (std::pair(how_specific, its_weight) > std::pair(specificity, weight)) {
      specificity = how_specific;
      weight = its_weight;
    }
  }
};

constexpr int kVersionNamed = 4;
constexpr int kNamed = 3;
constexpr int kSubtypeOpen = 2;
constexpr int kOpen = 1;

Verdict verdict_on(const std::vector<Accepted>& list, std::string_view media_type, std::string_view version) {
  const std::string_view type = media_type.substr(0, media_type.find('/') + 1);
  Verdict verdict;
  for (const Accepted& accepted : list) {
    if (equals_ignoring_case(accepted.what, media_type)) {
      if (accepted.version.empty()) {
        verdict.consider(kNamed, accepted.weight);
      } else if (accepted.version == version) {
        verdict.consider(kVersionNamed, accepted.weight);
      }
    } else if (accepted.what.ends_with("/*") &&
               equals_ignoring_case(accepted.what.substr(0, accepted.what.size() - 1), type)) {
      verdict.consider(kSubtypeOpen, accepted.weight);
    } else if (accepted.what == "*/*") {
      verdict.consider(kOpen, accepted.weight);
    }
  }
  return verdict;
}

}  // namespace

Format choose_format(std::string_view accept) {
  const auto list = parse_list(accept);
  const Verdict openmetrics = verdict_on(list, "application/openmetrics-text", "1.0.0");
  const Verdict text = verdict_on(list, "text/plain", "0.0.4");
  const bool wanted = openmetrics.specificity >= kNamed && openmetrics.weight > 0;
  return wanted && openmetrics.weight >= text.weight ? Format::openmetrics : Format::text;
}

Encoding choose_encoding(std::string_view accept_encoding) {
  Verdict gzip;
  Verdict identity;
  for (const Accepted& accepted : parse_list(accept_encoding)) {
    if (equals_ignoring_case(accepted.what, "gzip") || equals_ignoring_case(accepted.what, "x-gzip")) {
      gzip.consider(kNamed, accepted.weight);
    } else if (equals_ignoring_case(accepted.what, "identity")) {
      identity.consider(kNamed, accepted.weight);
    } else if (accepted.what == "*") {
      gzip.consider(kOpen, accepted.weight);
      identity.consider(kOpen, accepted.weight);
    }
  }
  // What is said of everything is not said of identity for its own sake: `*` alone is a wish for anything.
  const double plain = identity.specificity == kNamed ? identity.weight : 0;
  return gzip.weight > 0 && gzip.weight >= plain ? Encoding::gzip : Encoding::identity;
}

}  // namespace iothub

#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace iothub {

namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// A row of the table of well-formed sequences: which bytes may come first, and second. All further ones
// are 80..BF.
struct Form {
  unsigned first_low;
  unsigned first_high;
  std::size_t length;
  unsigned second_low;
  unsigned second_high;
};

constexpr std::array<Form, 9> kForms{{{0x00, 0x7F, 1, 0, 0},
                                      {0xC2, 0xDF, 2, 0x80, 0xBF},
                                      {0xE0, 0xE0, 3, 0xA0, 0xBF},
                                      {0xE1, 0xEC, 3, 0x80, 0xBF},
                                      {0xED, 0xED, 3, 0x80, 0x9F},
                                      {0xEE, 0xEF, 3, 0x80, 0xBF},
                                      {0xF0, 0xF0, 4, 0x90, 0xBF},
                                      {0xF1, 0xF3, 4, 0x80, 0xBF},
                                      {0xF4, 0xF4, 4, 0x80, 0x8F}}};

bool begins_with(std::string_view text, const Form& form) {
  if (text.size() < form.length) {
    return false;
  }
  for (std::size_t at = 1; at < form.length; ++at) {
    const unsigned low = at == 1 ? form.second_low : 0x80;
    const unsigned high = at == 1 ? form.second_high : 0xBF;
    if (byte_at(text, at) < low || byte_at(text, at) > high) {
      return false;
    }
  }
  return true;
}

// The length of the well-formed sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  const auto* const form = std::ranges::find_if(
      kForms, [first](const Form& row) { return first >= row.first_low && first <= row.first_high; });
  return form != kForms.end() && begins_with(text, *form) ? form->length : 0;
}

// Most text is ASCII from end to end, so it is skipped eight bytes at a time.
std::string_view behind_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080U;
  std::uint64_t eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if ((eight & kHighBits) != 0) {
      break;
    }
  }
  return text;
}

}  // namespace

bool is_utf8(std::string_view text) {
  for (text = behind_ascii(text); !text.empty(); text = behind_ascii(text)) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::string repaired_utf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      repaired += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      repaired += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return repaired;
}

std::string_view cut_utf8(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80) {
    --limit;
  }
  return text.substr(0, limit);
}

}  // namespace iothub

// UTF-8 as far as we need it: one invalid byte in a label value makes Prometheus drop the whole page.
#pragma once

#include <string>
#include <string_view>

namespace iothub {

// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates).
bool is_utf8(std::string_view text);

// `text` with each byte that belongs to no well-formed sequence replaced by U+FFFD.
std::string repaired_utf8(std::string_view text);

// The longest start of `text` that has at most `limit` bytes and does not cut a character.
std::string_view cut_utf8(std::string_view text, std::size_t limit);

}  // namespace iothub

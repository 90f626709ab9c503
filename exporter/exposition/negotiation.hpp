// Which format and encoding a client gets for what it accepts (RFC 9110, 12.5). There is always one: a client
// that accepts nothing of ours gets plain text format rather than a 406.
#pragma once

#include <cstdint>
#include <string_view>

#include "exposition/format.hpp"

namespace iothub {

enum class Encoding : std::uint8_t { identity, gzip };

// `accept` is the value of the header, of several joined with commas; empty if there is none. OpenMetrics is
// for those who name it, in a version that is ours or in none; versions that we do not know are as if not
// there.
[[nodiscard]] Format choose_format(std::string_view accept);

// The same for Accept-Encoding. Who names gzip and does not prefer identity gets gzip.
[[nodiscard]] Encoding choose_encoding(std::string_view accept_encoding);

}  // namespace iothub

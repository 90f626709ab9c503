// What a server, or a program that speaks to one, says of itself, made fit for a log line or an error.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace iothub {

// One line of valid UTF-8, cut at about `limit` bytes. What looks like a key to something is replaced by ***:
// the signature of a storage URL in any of the encodings in which it travels, account and access keys,
// passwords, secrets, bearer tokens.
std::string server_text(std::string_view text, std::size_t limit);

}  // namespace iothub

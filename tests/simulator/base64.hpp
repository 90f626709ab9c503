// Base64 in the two alphabets that tokens and certificates use. Bytes are kept in texts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace azure_simulator {

// The alphabet for URLs, without padding, as in a JWT.
std::string base64url(std::string_view bytes);

// Nothing unless `text` is exactly what base64url() would write.
std::optional<std::string> from_base64url(std::string_view text);

// The common alphabet with its padding, as in the `x5c` of a JWT.
std::optional<std::string> from_base64(std::string_view text);

// So many bytes of chance.
std::string random_base64url(std::size_t size);

}  // namespace azure_simulator

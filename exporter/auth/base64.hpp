// Base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

namespace iothub {

std::string base64(std::string_view bytes);

// With the alphabet for URLs and without padding, as JSON Web Tokens want it (RFC 7515, 2).
std::string base64url(std::string_view bytes);

}  // namespace iothub

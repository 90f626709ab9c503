// What token services answer: Entra ID's, AD FS' and those of managed identities.
#pragma once

#include <string_view>

#include "auth/credential.hpp"
#include "http/http_client.hpp"

namespace iothub {

// No token is taken to live longer, whatever its issuer says.
inline constexpr std::chrono::hours kLongestTokenLife{24};

// The token of a 200 that arrived at `now`. `expires_in` (preferred, for it needs no clock) and `refresh_in`
// may be numbers or texts of digits, `expires_on` anything that parse_expiry_time reads. Errors:
// bad_response; `issuer` names the service in them.
[[nodiscard]] Result<AccessToken> parse_token(const HttpResponse& response, std::string_view issuer,
                                              WallTime now);

// Why Entra ID gave none. The message gives the AADSTS code, what it means and the ids that Microsoft's
// support asks for, which stand last and in brackets, but not Entra ID's own text, which may quote what was
// sent.
[[nodiscard]] Error entra_refusal(const HttpResponse& response);

// Why the service `issuer` of this machine gave none, in its own words.
[[nodiscard]] Error identity_refusal(const HttpResponse& response, std::string_view issuer);

// Whether it can be sent in a header: neither empty nor with blanks, line breaks or the like.
[[nodiscard]] bool is_sendable_token(std::string_view text);

// What an AADSTS code means, for the person on call; empty if it is not known here.
[[nodiscard]] std::string_view meaning_of_aadsts(std::int64_t code);

}  // namespace iothub

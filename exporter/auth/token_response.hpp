// What Entra ID's token endpoint answers.
#pragma once

#include "auth/credential.hpp"
#include "http/http_client.hpp"

namespace iothub {

// The token of a 200, or why there is none. `expires_in` and `refresh_in` may be numbers or texts of digits;
// a lifetime is held between one minute and one day. For a refusal the message gives the AADSTS code, what it
// means and the ids that Microsoft's support asks for, but not Entra ID's own text, which may quote what was
// sent.
[[nodiscard]] Result<AccessToken> parse_token_response(const HttpResponse& response);

}  // namespace iothub

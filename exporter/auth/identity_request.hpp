// What the services that know a machine's managed identities want to be asked, each in its own dialect, and
// what their answers mean.
#pragma once

#include <string_view>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

// The request for a token for the resource of `scope`.
HttpRequest identity_request(const ManagedIdentityOptions& options, std::string_view scope);

// The token in an answer to it that arrived at `now`, or why there is none.
[[nodiscard]] Result<AccessToken> parse_identity_answer(const HttpResponse& response, IdentitySource source,
                                                        WallTime now);

}  // namespace iothub

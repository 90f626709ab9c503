// What the services that know a machine's managed identities want to be asked: each has its own dialect.
#pragma once

#include <string>
#include <string_view>

#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

// The request for a token for the resource of `scope`.
HttpRequest identity_request(const ManagedIdentityOptions& options, std::string_view scope);

// For messages: "IMDS", "App Service", …
std::string_view name_of(IdentitySource source);

}  // namespace iothub

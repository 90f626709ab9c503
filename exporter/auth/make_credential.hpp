// From options to the credential they describe: the one place that lists the methods.
#pragma once

#include <memory>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

std::unique_ptr<Credential> make_credential(const CredentialOptions& options, HttpClient& http);

}  // namespace iothub

// From options to the credential they describe: the one place that lists the methods.
#pragma once

#include <memory>

#include "auth/credential.hpp"
#include "auth/credential_options.hpp"
#include "http/http_client.hpp"

namespace iothub {

// `http` and `clock` must outlive the credential.
std::unique_ptr<Credential> make_credential(const CredentialOptions& options, HttpClient& http,
                                            const Clock& clock);

}  // namespace iothub

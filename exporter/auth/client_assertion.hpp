// The signed statement by which an application with a certificate asks for a token: a JSON Web Token as
// Microsoft's "Application authentication certificate credentials" describes it.
#pragma once

#include <string>

#include "auth/client_certificate.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

struct AssertionClaims {
  std::string audience;   // the URL of the token endpoint, exactly as it is asked
  std::string client_id;  // issuer and subject
  std::string id;         // never used before
  WallTime now;           // it is valid from now on for ten minutes
};

// PS256 names the certificate by SHA-256 (`x5t#S256`); RS256, which AD FS wants, by SHA-1 (`x5t`).
// `with_chain` adds the certificate and its issuers (`x5c`). Errors: those of ClientCertificate::sign.
[[nodiscard]] Result<Secret> sign_assertion(const ClientCertificate& certificate,
                                            const AssertionClaims& claims, SignatureAlgorithm algorithm,
                                            bool with_chain);

// A random id (RFC 4122, version 4).
[[nodiscard]] Result<std::string> random_guid();

}  // namespace iothub

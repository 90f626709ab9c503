// Checks the assertion that a client signs with the key of a certificate: a JWT about itself, for one token
// endpoint, for a few minutes, for one use.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "simulator/arm_errors.hpp"
#include "simulator/jwt.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

struct AssertionQuestion {
  const Client& client;
  std::string token_endpoint;
  bool rs256_only = false;
  Time now;
};

// Clocks of clients may be so far ahead.
inline constexpr Duration kClockSkew = std::chrono::minutes{5};

EntraError malformed_assertion(const std::string& reason);
EntraError untimely_assertion(const Jwt& jwt, Time now);

// Whether the header has a certificate's thumbprint.
bool names_certificate(const Jwt& jwt);

// Nothing if it holds; then its id goes into `used`.
std::optional<EntraError> check_client_assertion(const Jwt& jwt, const AssertionQuestion& question,
                                                 std::set<std::string>& used);

}  // namespace azure_simulator

// Checks a token of another issuer that stands for a client: workload identity.
#pragma once

#include <optional>

#include "simulator/arm_errors.hpp"
#include "simulator/federation_issuer.hpp"
#include "simulator/jwt.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

// Nothing if one of the client's credentials fits. Such a token may be shown again and again.
std::optional<EntraError> check_federated_assertion(const Jwt& jwt, const Client& client,
                                                    const FederationIssuer& issuer, Time now);

}  // namespace azure_simulator

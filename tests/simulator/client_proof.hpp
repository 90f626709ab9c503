// How a client proves at the token endpoint that it is the one it names: by its secret, by an assertion that
// one of its certificates signed, or by a token of an issuer that it trusts.
#pragma once

#include <optional>
#include <string>

#include "simulator/arm_errors.hpp"
#include "simulator/form.hpp"
#include "simulator/scenario.hpp"
#include "simulator/world.hpp"

namespace azure_simulator {

struct ProofQuestion {
  const Client& client;
  const Form& form;
  std::string token_endpoint;  // as the client wrote it
  bool is_ad_fs = false;
  Time now;
};

// Nothing if the proof holds. Remembers the ids of assertions, which count once.
std::optional<EntraError> check_proof(const ProofQuestion& question, World& world);

}  // namespace azure_simulator

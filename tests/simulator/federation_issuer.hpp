// An OpenID issuer such as a Kubernetes cluster's: signs tokens about its workloads. One key serves whatever
// issuers a scenario names.
#pragma once

#include <string>

#include "simulator/jwt.hpp"
#include "simulator/scenario_loader.hpp"
#include "simulator/signature.hpp"

namespace azure_simulator {

class FederationIssuer {
 public:
  // As a kubelet would project it into a pod: `aud` is a list.
  std::string issue(const FederatedTokenOrder& order, Time now);

  [[nodiscard]] bool signed_it(const Jwt& jwt) const;

 private:
  PrivateKey key_;  // made when the first token asks for it, because that takes long
};

}  // namespace azure_simulator

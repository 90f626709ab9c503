// Reads scenarios, and the parts of them that the control interface accepts, from YAML (so from JSON as
// well).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "simulator/scenario.hpp"

namespace azure_simulator {

// The error lists every problem, one line each: "file:line:column: what is wrong". `file` is only a name
// here.
[[nodiscard]] tl::expected<Scenario, std::string> load_scenario(std::string_view yaml,
                                                                const std::string& file);

// A list of faults, or a map whose only key is `faults`.
[[nodiscard]] tl::expected<std::vector<Fault>, std::string> load_faults(std::string_view yaml,
                                                                        const std::string& file);

// A job to be added while the simulator runs, and the hub that it is for.
struct JobOrder {
  std::string hub;
  PlannedJob job;
};
[[nodiscard]] tl::expected<JobOrder, std::string> load_job_order(std::string_view yaml,
                                                                 const std::string& file);

// What a client has from now on; what is absent stays as it was.
struct ClientChange {
  std::optional<std::string> secret{};
  std::optional<bool> secret_expired{};
  std::optional<std::vector<std::string>> certificates{};
  std::optional<std::vector<FederatedCredential>> federated_credentials{};
};
[[nodiscard]] tl::expected<ClientChange, std::string> load_client_change(std::string_view yaml,
                                                                         const std::string& file);

// What a token of the simulator's own OpenID issuer says.
struct FederatedTokenOrder {
  std::string issuer;
  std::string subject;
  std::string audience = "api://AzureADTokenExchange";
  Duration lifetime{std::chrono::hours{1}};
};
[[nodiscard]] tl::expected<FederatedTokenOrder, std::string> load_federated_token_order(
    std::string_view yaml, const std::string& file);

}  // namespace azure_simulator

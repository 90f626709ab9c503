// What a request is about: the operation, and the names that its path and query carry.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace azure_simulator {

enum class Operation : std::uint8_t {
  token,
  imds,         // managed identities: of a virtual machine,
  app_service,  // of a site,
  arc,          // of a machine outside Azure,
  cloud_shell,  // of a shell in the browser
  list_jobs,
  get_job,
  list_hubs,
  get_hub,
  subscriptions,  // subscriptions and tenants, as command line tools read them after logging in
  discovery,      // metadata of the authority and of the cloud
  control,        // /simulator/...
  other,
};

std::string_view to_text(Operation operation);

// Those that faults and latencies may name.
bool is_operation(std::string_view text);
std::string operation_names();

struct Route {
  Operation operation = Operation::other;
  std::vector<std::string> segments;  // decoded
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::string tenant;
  std::string subscription;
  std::string group;
  std::string hub;
  std::string job;

  // The value of a query parameter, whose name is compared without regard to case; empty if there is none.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

Route route_of(std::string_view target);

// `a=b&c=d` with percent and plus signs decoded.
std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

std::string percent_encode(std::string_view text);

}  // namespace azure_simulator

// The world that is simulated, as scenario_loader.hpp reads it from YAML: who may ask, which hubs there are,
// what their jobs do, and what goes wrong. README.md explains every key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulator/clock.hpp"
#include "simulator/message.hpp"

namespace azure_simulator {

struct DurationRange {
  Duration from{0};
  Duration to{0};
};

struct Outcome {
  std::string status = "completed";  // or failed, cancelled; `running` never ends
  std::string failure_reason{};
  std::string status_message{};
};

// A job that is submitted while the simulator runs.
struct PlannedJob {
  std::string id{};  // empty: a GUID from the seed
  std::string type = "export";
  DurationRange enqueued_for{Duration{10'000}, Duration{10'000}};
  DurationRange runs_for{Duration{40'000}, Duration{40'000}};
  std::vector<Outcome> outcomes{Outcome{}};  // taken in turn by a schedule
  std::string parent_job_id{};
  Duration starts_in{0};  // after the simulator's start
  Duration every{0};      // 0: once
  Duration began_ago{0};  // a schedule that already ran for so long before the simulator's start
};

// A job that was submitted before the simulator's start. Ages are real time, whatever the time scale.
struct PastJob {
  std::string id{};
  std::string type = "export";
  Outcome outcome{};  // `enqueued` and `running` stay so forever
  Duration started_ago{0};
  std::optional<Duration> ended_ago{};
  std::string parent_job_id{};
};

// A job object served word for word, to show what no sane service would send.
struct RawJob {
  std::string id{};
  std::string json{};
};

struct Hub {
  std::string name{};
  std::string location = "westeurope";
  std::string sku = "S1";
  std::int64_t capacity = 1;
  std::string state = "Active";
  std::map<std::string, std::string> tags{};
  std::vector<PastJob> past_jobs{};
  std::vector<PlannedJob> planned_jobs{};
  std::vector<RawJob> raw_jobs{};
};

struct ResourceGroup {
  std::string name{};
  std::vector<Hub> hubs{};
};

struct Subscription {
  std::string id{};
  std::string name{};
  std::string tenant{};  // the tenant's id
  std::vector<ResourceGroup> groups{};
};

// Whoever can hold a token for Resource Manager.
struct Principal {
  std::string id{};  // the client id
  std::string object_id{};
  Duration token_lifetime{3'599'000};
  // Hub names, subscription ids or resource ids that it may read; absent: everything of its tenant.
  std::optional<std::vector<std::string>> roles{};
};

// An issuer whose tokens about one subject count as the client itself.
struct FederatedCredential {
  std::string issuer{};
  std::string subject{};
  std::string audience = "api://AzureADTokenExchange";
};

struct Client : Principal {
  std::string secret{};  // empty: it has none
  bool secret_expired = false;
  std::vector<std::string> certificates{};  // PEM
  std::vector<FederatedCredential> federated_credentials{};
};

// An identity of the machine, site or shell that the simulator also stands in for.
struct ManagedIdentity : Principal {
  std::string resource_id{};
  std::string tenant{};  // the tenant's id
  bool system_assigned = false;
};

// The agent of a machine outside Azure, which proves by a file who asks.
struct ArcAgent {
  std::string key_folder{};
  std::string realm{};  // the path that it tells instead of the true one; empty: the true one
};

struct Tenant {
  std::string id{};  // `adfs` for the one that AD FS looks after
  std::string domain{};
  std::vector<Client> clients{};
};

enum class FaultAction : std::uint8_t {
  respond,
  empty,
  html,
  garbage,
  huge,
  truncate,
  drip,
  delay,
  hang,
  close
};

// Something that goes wrong. Empty criteria match everything but the control interface.
struct Fault {
  std::vector<std::string> operations{};
  std::string path{};  // a shell pattern over the path, without regard to case
  std::string hub{};   // a shell pattern over the hub's name
  FaultAction action = FaultAction::respond;
  int status = 0;  // 0: what the action implies
  Headers headers{};
  std::optional<std::string> body{};  // absent: what Azure says with that status
  Duration delay{0};
  Duration interval{1000};        // between the bytes of a drip
  std::size_t size = 64U << 20U;  // of a huge body
  std::uint64_t after = 0;        // lets so many matching requests pass first
  std::optional<std::uint64_t> times{};
  double probability = 1;
};

struct Throttling {
  std::int64_t reads = 250;
  std::int64_t reads_per_second = 25;
  bool enforced = false;  // answer 429 when there are none left
};

struct Scenario {
  std::string seed = "iothub";
  double time_scale = 1;
  std::size_t jobs_page_size = 0;  // 0: everything on one page
  std::size_t hubs_page_size = 0;
  bool null_members = false;  // absent members of jobs are sent as null
  Duration retention{std::chrono::hours{30 * 24}};
  std::vector<Tenant> tenants{};
  std::vector<Subscription> subscriptions{};
  std::map<std::string, DurationRange> latency{};  // by operation
  Throttling throttling{};
  std::uint64_t loop_limit = 0;  // equal token requests of a client per minute; 0: any number
  std::vector<ManagedIdentity> identities{};
  std::string identity_header{};  // what App Service's callers must know; empty: nobody gets in
  std::optional<ArcAgent> arc{};
  std::vector<Fault> faults{};
};

}  // namespace azure_simulator

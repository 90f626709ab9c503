// Everything behind the socket: takes a request and the time, gives the answer. Tests may use it without any
// network.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "simulator/fault_injector.hpp"
#include "simulator/message.hpp"
#include "simulator/request_record.hpp"
#include "simulator/scenario.hpp"
#include "simulator/scenario_loader.hpp"
#include "simulator/visit.hpp"
#include "simulator/world.hpp"

namespace azure_simulator {

// Safe to use from several threads.
class AzureService {
 public:
  AzureService(Scenario scenario, Time start);

  // Never blocks: how long to wait before answering stands in the reply.
  Reply answer(const Request& request, Time now);

  // The job's id; an error if there is no such hub, or if it has an active import or export job already.
  [[nodiscard]] tl::expected<std::string, std::string> add_job(const JobOrder& order, Time now);
  // Replaces all faults; their counts start anew.
  void set_faults(std::vector<Fault> faults);
  void expire_tokens(Time now);
  // An error if no tenant has a client of that id.
  [[nodiscard]] tl::expected<void, std::string> change_client(const std::string& id,
                                                              const ClientChange& change);
  // A token as a kubelet would project it, signed by the simulator's own OpenID issuer.
  [[nodiscard]] std::string federated_token(const FederatedTokenOrder& order, Time now);
  // All that must not show up anywhere else: access tokens, federated tokens, assertions of clients, keys of
  // Azure Arc, client secrets (former ones too) and the identity header.
  [[nodiscard]] std::vector<std::string> secrets() const;
  [[nodiscard]] std::map<std::string, std::uint64_t> request_counts() const;
  [[nodiscard]] std::vector<RequestRecord> recent_requests() const;
  void clear_requests();

 private:
  Reply answer_service(const Request& request, const Route& route, const Visit& visit);
  Reply answer_or_fail(const Request& request, const Route& route, const Visit& visit);
  [[nodiscard]] Visit visit_of(const Request& request, Time now);
  [[nodiscard]] std::string client_of(const Request& request, const Route& route) const;
  [[nodiscard]] Duration latency_of(const Route& route, const Visit& visit) const;

  mutable std::mutex mutex_;
  World world_;
  FaultInjector faults_;
  RequestLog log_;
  std::uint64_t visits_ = 0;
};

}  // namespace azure_simulator

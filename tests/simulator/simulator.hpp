// A simulated Azure on a port of this machine, for the exporter's integration tests and for the demo. It
// shares no code with the exporter, so that a mistake is not made on both sides.
//
//   auto simulator = Simulator::start({.scenario = *load_scenario(yaml, "test")});
//   (*simulator)->origin();  // https://127.0.0.1:41234: authority host and Resource Manager in one
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "simulator/azure_service.hpp"
#include "simulator/clock.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

class TlsServer;

class Simulator {
 public:
  struct Options {
    Scenario scenario;
    Clock clock = system_clock();
    std::string host = "127.0.0.1";
    int port = 0;  // 0 picks one
  };

  // Accepts from the moment this returns; the simulated time starts now.
  [[nodiscard]] static tl::expected<std::unique_ptr<Simulator>, std::string> start(Options options);

  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;
  ~Simulator();

  [[nodiscard]] std::string origin() const;
  [[nodiscard]] int port() const;
  // The authority that signed the server's certificate.
  [[nodiscard]] const std::string& ca_pem() const { return ca_pem_; }

  [[nodiscard]] AzureService& service() { return service_; }

  // Drops all connections at once. The destructor does the same.
  void stop();

 private:
  explicit Simulator(Options options);

  Clock clock_;
  std::string host_;
  AzureService service_;
  std::string ca_pem_;
  std::unique_ptr<TlsServer> server_;
};

}  // namespace azure_simulator

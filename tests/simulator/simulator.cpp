#include "simulator/simulator.hpp"

#include <utility>

#include "simulator/authority.hpp"
#include "simulator/tls_server.hpp"

namespace azure_simulator {

Simulator::Simulator(Options options)
    : clock_(std::move(options.clock)),
      host_(std::move(options.host)),
      service_(std::move(options.scenario), clock_()) {}

Simulator::~Simulator() = default;

tl::expected<std::unique_ptr<Simulator>, std::string> Simulator::start(Options options) {
  const int port = options.port;
  std::unique_ptr<Simulator> simulator(new Simulator(std::move(options)));
  auto authority = Authority::make(simulator->host_);
  if (!authority) {
    return tl::unexpected<std::string>(std::move(authority.error()));
  }
  simulator->ca_pem_ = std::move(authority->ca_pem);
  auto server = TlsServer::start(simulator->host_, port, std::move(authority->context),
                                 [self = simulator.get()](const Request& request) {
                                   return self->service_.answer(request, self->clock_());
                                 });
  if (!server) {
    return tl::unexpected<std::string>(std::move(server.error()));
  }
  simulator->server_ = *std::move(server);
  return simulator;
}

std::string Simulator::origin() const {
  const bool is_v6 = host_.find(':') != std::string::npos;
  return "https://" + (is_v6 ? "[" + host_ + "]" : host_) + ":" + std::to_string(port());
}

int Simulator::port() const {
  return server_->port();
}

void Simulator::stop() {
  server_->stop();
}

}  // namespace azure_simulator

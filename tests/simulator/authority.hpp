// A certificate authority of the simulator's own, and the certificate of its server.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "simulator/openssl_handles.hpp"

namespace azure_simulator {

struct Authority {
  std::string ca_pem;
  TlsContext context;  // serves the certificate, TLS 1.2 and 1.3

  // New keys each time. The certificate is good for localhost, 127.0.0.1, ::1 and `host`, from an hour ago
  // on: TLS clients look at the real clock, so the simulated one has no part in it.
  [[nodiscard]] static tl::expected<Authority, std::string> make(const std::string& host);
};

}  // namespace azure_simulator

// A certificate authority of the simulator's own, and the certificate of its server.
#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <tl/expected.hpp>

namespace azure_simulator {

struct OpensslDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using Certificate = std::unique_ptr<X509, OpensslDeleter>;
using PrivateKey = std::unique_ptr<EVP_PKEY, OpensslDeleter>;
using TlsContext = std::unique_ptr<SSL_CTX, OpensslDeleter>;

struct Authority {
  std::string ca_pem;
  TlsContext context;  // serves the certificate, TLS 1.2 and 1.3

  // New keys each time. The certificate is good for localhost, 127.0.0.1, ::1 and `host`, from an hour ago
  // on: TLS clients look at the real clock, so the simulated one has no part in it.
  [[nodiscard]] static tl::expected<Authority, std::string> make(const std::string& host);
};

}  // namespace azure_simulator

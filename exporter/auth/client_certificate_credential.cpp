#include "auth/client_certificate_credential.hpp"

#include <string>
#include <utility>

#include "auth/client_assertion.hpp"
#include "auth/client_certificate.hpp"
#include "auth/secret_file.hpp"

namespace iothub {

namespace {

Result<ClientCertificate> load(const ClientCertificateOptions& options) {
  const auto content = read_key_file(options.certificate_file);
  if (!content) {
    return fail(content.error());
  }
  std::optional<Secret> password;
  if (options.password) {
    auto read = read_secret(*options.password);
    if (!read) {
      return fail(std::move(read.error()));
    }
    password = *std::move(read);
  }
  auto certificate = ClientCertificate::parse(*content, password);
  if (!certificate) {
    return fail(std::move(certificate.error()).within(options.certificate_file));
  }
  return certificate;
}

}  // namespace

ClientCertificateCredential::ClientCertificateCredential(EntraId entra, const Clock& clock,
                                                         ClientCertificateOptions options)
    : entra_(std::move(entra)), clock_(clock), options_(std::move(options)) {}

Result<AccessToken> ClientCertificateCredential::fetch(const std::stop_token& stop) {
  const auto certificate = load(options_);
  if (!certificate) {
    return fail(certificate.error());
  }
  auto id = random_guid();
  if (!id) {
    return fail(std::move(id.error()));
  }
  const AssertionClaims claims{.audience = entra_.token_endpoint(),
                               .client_id = entra_.client_id(),
                               .id = *std::move(id),
                               .now = clock_.wall_now()};
  const auto algorithm = entra_.is_adfs() ? SignatureAlgorithm::rs256 : SignatureAlgorithm::ps256;
  const auto assertion = sign_assertion(*certificate, claims, algorithm, options_.send_certificate_chain);
  if (!assertion) {
    return fail(assertion.error());
  }
  auto token = entra_.request_token(assertion_proof(assertion->reveal()), stop);
  if (token) {
    token->method = "client_certificate";
  } else if (token.error().kind == ErrorKind::unauthorized && certificate->expires_at() <= claims.now) {
    token.error().message += " (the certificate has expired)";
  }
  return token;
}

}  // namespace iothub

#include "auth/workload_identity_credential.hpp"

#include <string>
#include <utility>

#include "auth/secret_file.hpp"

namespace iothub {

WorkloadIdentityCredential::WorkloadIdentityCredential(EntraId entra, WorkloadIdentityOptions options)
    : entra_(std::move(entra)), options_(std::move(options)) {}

Result<AccessToken> WorkloadIdentityCredential::fetch(const std::stop_token& stop) {
  const auto assertion = read_secret_file(options_.token_file);
  if (!assertion) {
    return fail(assertion.error());
  }
  std::string text = assertion->reveal();
  text.erase(text.find_last_not_of(" \t\r\n") + 1);  // no JSON Web Token ends with blanks
  auto token = entra_.request_token(assertion_proof(std::move(text)), stop);
  if (token) {
    token->method = "workload_identity";
  }
  return token;
}

}  // namespace iothub

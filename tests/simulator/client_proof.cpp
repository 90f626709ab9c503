#include "simulator/client_proof.hpp"

#include "simulator/client_assertion.hpp"
#include "simulator/federated_credential.hpp"
#include "simulator/jwt.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

std::optional<EntraError> check_secret(const ProofQuestion& question) {
  const std::string app = question.form["client_id"];
  if (question.form["client_secret"] != question.client.secret) {
    return EntraError{401, "invalid_client", 7000215,
                      "Invalid client secret provided. Send the value of the secret of app '" + app +
                          "', not the id of the secret."};
  }
  if (question.client.secret_expired) {
    return EntraError{401, "invalid_client", 7000222,
                      "The provided client secret keys for app '" + app + "' are expired."};
  }
  return std::nullopt;
}

std::optional<EntraError> check_fields(const Form& form) {
  if (form["client_assertion"].empty() && form["client_secret"].empty()) {
    return EntraError{
        401, "invalid_client", 7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."};
  }
  if (form["client_assertion"].empty()) {
    return std::nullopt;
  }
  if (form["client_assertion_type"].empty()) {
    return EntraError{400, "invalid_request", 900144,
                      "The request body must contain the following parameter: 'client_assertion_type'."};
  }
  if (form["client_assertion_type"] != kAssertionType || !form["client_secret"].empty()) {
    return EntraError{400, "invalid_request", 9002313,
                      "Invalid request. The client shows an assertion of another type, or a secret besides."};
  }
  return std::nullopt;
}

// Other issuers never name a certificate of the client's, and the client is nobody's subject.
bool is_own_assertion(const Jwt& jwt, const Client& client) {
  if (same_name(jwt.claims.text("iss"), client.id)) {
    return true;
  }
  return client.federated_credentials.empty() &&
         (same_name(jwt.claims.text("sub"), client.id) || names_certificate(jwt));
}

}  // namespace

std::optional<EntraError> check_proof(const ProofQuestion& question, World& world) {
  if (auto error = check_fields(question.form)) {
    return error;
  }
  const std::string assertion = question.form["client_assertion"];
  if (assertion.empty()) {
    return check_secret(question);
  }
  const auto jwt = parse_jwt(assertion);
  if (!jwt) {
    return malformed_assertion("It is not three parts of base64url, or does not hold two JSON objects.");
  }
  if (!is_own_assertion(*jwt, question.client)) {
    return check_federated_assertion(*jwt, question.client, world.federation, question.now);
  }
  return check_client_assertion(*jwt,
                                {.client = question.client,
                                 .token_endpoint = question.token_endpoint,
                                 .rs256_only = question.is_ad_fs,
                                 .now = question.now},
                                world.used_assertions);
}

}  // namespace azure_simulator

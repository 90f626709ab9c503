#include "simulator/federated_credential.hpp"

#include <algorithm>

#include "simulator/client_assertion.hpp"

namespace azure_simulator {
namespace {

bool has_audience(const Jwt& jwt, const std::string& audience) {
  const auto list = jwt.claims.lists.find("aud");
  return jwt.claims.text("aud") == audience ||
         (list != jwt.claims.lists.end() && std::ranges::find(list->second, audience) != list->second.end());
}

EntraError no_match(int status, const std::string& error, int code, const std::string& what) {
  return {status, error, code,
          "No federated identity record matches the presented assertion's " + what + "."};
}

// Issuer, subject and audience are compared to the letter, each only with the records that are left.
std::optional<EntraError> check_record(const Jwt& jwt, std::vector<FederatedCredential> records) {
  const std::string issuer = jwt.claims.text("iss");
  const std::string subject = jwt.claims.text("sub");
  std::erase_if(records, [&](const FederatedCredential& record) { return record.issuer != issuer; });
  if (records.empty()) {
    return no_match(400, "invalid_request", 70021, "issuer '" + issuer + "' and subject '" + subject + "'");
  }
  std::erase_if(records, [&](const FederatedCredential& record) { return record.subject != subject; });
  if (records.empty()) {
    return no_match(401, "invalid_client", 700213, "subject '" + subject + "'");
  }
  std::erase_if(records,
                [&](const FederatedCredential& record) { return !has_audience(jwt, record.audience); });
  if (records.empty()) {
    return no_match(401, "invalid_client", 700212, "audience");
  }
  return std::nullopt;
}

bool is_timely(const Jwt& jwt, Time now) {
  const auto until = jwt.claims.number("exp");
  const std::int64_t from = jwt.claims.number("nbf").value_or(0);
  return until && *until > unix_seconds(now) && from <= unix_seconds(now + kClockSkew);
}

}  // namespace

std::optional<EntraError> check_federated_assertion(const Jwt& jwt, const Client& client,
                                                    const FederationIssuer& issuer, Time now) {
  if (auto error = check_record(jwt, client.federated_credentials)) {
    return error;
  }
  if (!issuer.signed_it(jwt)) {
    return EntraError{401, "invalid_client", 50013,
                      "Assertion failed signature validation. [Reason - The issuer's key did not sign it.]"};
  }
  if (!is_timely(jwt, now)) {
    return untimely_assertion(jwt, now);
  }
  return std::nullopt;
}

}  // namespace azure_simulator

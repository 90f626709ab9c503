#include "simulator/managed_identity.hpp"

namespace azure_simulator {
namespace {

Reply refuse(int status, const std::string& description) {
  return identity_refusal({.status = status, .error = "invalid_request", .description = description});
}

}  // namespace

Reply answer_imds(const Request& request, const Route& route, const Visit& visit, World& world) {
  if (request.method != "GET") {
    return refuse(405, "Only GET is allowed");
  }
  // Both keep others than the machine's own programs from being relayed here.
  if (request.header("metadata") != "true") {
    return refuse(400, "Required metadata header not specified");
  }
  if (!request.header("x-forwarded-for").empty()) {
    return refuse(400, "The header X-Forwarded-For is not allowed");
  }
  if (route.parameter("api-version") != "2018-02-01") {
    return refuse(400, "The api-version is missing or not supported: 2018-02-01");
  }
  const auto grant = grant_identity(route.query,
                                    {{"client_id", &ManagedIdentity::id},
                                     {"object_id", &ManagedIdentity::object_id},
                                     {"msi_res_id", &ManagedIdentity::resource_id}},
                                    visit, world);
  return grant ? identity_token(*grant) : identity_refusal(grant.error());
}

}  // namespace azure_simulator

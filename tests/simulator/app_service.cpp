#include "simulator/azure_dates.hpp"
#include "simulator/json_text.hpp"
#include "simulator/managed_identity.hpp"

namespace azure_simulator {
namespace {

// The two protocols differ in everything but the address.
struct Protocol {
  std::string_view header;
  Selectors selectors;
  bool american_dates = false;
};

Reply refuse(int status, const std::string& message, const Visit& visit) {
  JsonText json;
  json.begin_object().number("statusCode", status).text("message", message);
  json.text("correlationId", visit.correlation_id).end_object();
  return {.status = status, .body = json.take()};
}

std::optional<Protocol> protocol_of(std::string_view api_version) {
  if (api_version == "2019-08-01") {
    return Protocol{.header = "x-identity-header",
                    .selectors = {{"client_id", &ManagedIdentity::id},
                                  {"principal_id", &ManagedIdentity::object_id},
                                  {"object_id", &ManagedIdentity::object_id},
                                  {"mi_res_id", &ManagedIdentity::resource_id}}};
  }
  if (api_version == "2017-09-01") {
    return Protocol{
        .header = "secret", .selectors = {{"clientid", &ManagedIdentity::id}}, .american_dates = true};
  }
  return std::nullopt;
}

// How long the token lives is not said, only until when.
Reply print(const IdentityGrant& grant, const Protocol& protocol) {
  const Time expires = grant.token.expires;
  const std::string date =
      protocol.american_dates ? american_date(expires) + " +00:00" : std::to_string(unix_seconds(expires));
  JsonText json;
  json.begin_object().text("access_token", grant.text).text("expires_on", date);
  json.text("resource", grant.token.audience).text("token_type", "Bearer");
  json.text("client_id", grant.token.client).end_object();
  return {.body = json.take()};
}

}  // namespace

Reply answer_app_service(const Request& request, const Route& route, const Visit& visit, World& world) {
  if (request.method != "GET") {
    return refuse(405, "Only GET is allowed.", visit);
  }
  const auto protocol = protocol_of(route.parameter("api-version"));
  if (!protocol) {
    return refuse(400, "The api-version is missing or not supported: 2019-08-01, 2017-09-01.", visit);
  }
  const std::string_view proof = request.header(protocol->header);
  if (proof.empty()) {
    return refuse(401, "The header " + std::string(protocol->header) + " is missing.", visit);
  }
  if (proof != world.scenario.identity_header) {
    return refuse(403, "The header " + std::string(protocol->header) + " is wrong.", visit);
  }
  const auto grant = grant_identity(route.query, protocol->selectors, visit, world);
  return grant ? print(*grant, *protocol) : refuse(grant.error().status, grant.error().description, visit);
}

}  // namespace azure_simulator

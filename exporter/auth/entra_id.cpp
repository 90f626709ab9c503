#include "auth/entra_id.hpp"

#include "auth/token_response.hpp"
#include "core/ascii.hpp"
#include "http/url.hpp"

namespace iothub {

EntraId::EntraId(HttpClient& http, const Clock& clock, const std::string& authority_host,
                 const std::string& tenant_id, std::string client_id, std::string scope)
    : http_(http),
      clock_(clock),
      is_adfs_(equals_ignoring_case(tenant_id, "adfs")),
      url_(authority_host + "/" + percent_encoded(tenant_id) +
           (is_adfs_ ? "/oauth2/token" : "/oauth2/v2.0/token")),
      client_id_(std::move(client_id)),
      scope_(std::move(scope)) {}

Result<AccessToken> EntraId::request_token(const Fields& proof, const std::stop_token& stop) {
  std::string form = "grant_type=client_credentials&client_id=" + percent_encoded(client_id_);
  form +=
      is_adfs_ ? "&resource=" + percent_encoded(resource_of(scope_)) : "&scope=" + percent_encoded(scope_);
  for (const auto& [name, value] : proof) {
    form += "&" + std::string(name) + "=" + percent_encoded(value);
  }
  const HttpRequest request{
      .method = "POST",
      .url = url_,
      .headers = {{"accept", "application/json"}, {"content-type", "application/x-www-form-urlencoded"}},
      .body = std::move(form),
      .api = "token"};
  const auto response = http_.send(request, stop);
  if (!response) {
    return fail(response.error());
  }
  return response->status == 200 ? parse_token(*response, "Entra ID", clock_.wall_now())
                                 : fail(entra_refusal(*response));
}

EntraId::Fields assertion_proof(std::string assertion) {
  return {{"client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
          {"client_assertion", std::move(assertion)}};
}

std::string resource_of(std::string_view scope) {
  constexpr std::string_view kSuffix = "/.default";
  return std::string(scope.ends_with(kSuffix) ? scope.substr(0, scope.size() - kSuffix.size()) : scope);
}

}  // namespace iothub

#include "auth/identity_request.hpp"

#include <array>
#include <cstddef>

#include "auth/entra_id.hpp"
#include "auth/token_response.hpp"
#include "http/url.hpp"

namespace iothub {

namespace {

using Kind = UserAssignedIdentity::Kind;

struct Dialect {
  std::string_view name;
  std::string_view api_version;                 // empty: the resource is posted as a form
  std::array<std::string_view, 3> identity_by;  // in the order of Kind
  std::string_view secret_header;               // empty: "Metadata: true" is all that it wants
  RetryRule retry;
};

// In the order of IdentitySource. Microsoft's "How to use managed identities for Azure resources on an Azure
// VM to acquire an access token", "… for App Service" and "Authenticate against Azure resources with Azure
// Arc-enabled servers".
constexpr std::array<Dialect, 5> kDialects{{
    {"IMDS", "2018-02-01", {"client_id", "object_id", "msi_res_id"}, "", RetryRule::identity_service},
    {"App Service",
     "2019-08-01",
     {"client_id", "principal_id", "mi_res_id"},
     "x-identity-header",
     RetryRule::service},
    {"App Service", "2017-09-01", {"clientid", "", ""}, "secret", RetryRule::service},
    {"Azure Arc's agent", "2020-06-01", {}, "", RetryRule::service},
    {"Cloud Shell", "", {}, "", RetryRule::service},
}};

const Dialect& dialect_of(IdentitySource source) {
  return kDialects.at(static_cast<std::size_t>(source));
}

}  // namespace

HttpRequest identity_request(const ManagedIdentityOptions& options, std::string_view scope) {
  const Dialect& dialect = dialect_of(options.source);
  const std::string resource = "resource=" + percent_encoded(resource_of(scope));
  HttpRequest request;
  request.url = options.endpoint;
  request.api = "token";
  request.retry = dialect.retry;
  request.is_local_service = true;
  request.headers = {{"accept", "application/json"}};
  if (dialect.secret_header.empty()) {
    request.headers["metadata"] = "true";
  } else {
    request.headers[std::string(dialect.secret_header)] = options.endpoint_secret.reveal();
  }
  if (dialect.api_version.empty()) {
    request.method = "POST";
    request.headers["content-type"] = "application/x-www-form-urlencoded";
    request.body = resource;
    return request;
  }
  request.url += "?api-version=" + std::string(dialect.api_version) + "&" + resource;
  if (options.identity) {
    request.url += "&" +
                   std::string(dialect.identity_by.at(static_cast<std::size_t>(options.identity->kind))) +
                   "=" + percent_encoded(options.identity->id);
  }
  return request;
}

Result<AccessToken> parse_identity_answer(const HttpResponse& response, IdentitySource source, WallTime now) {
  const std::string_view issuer = dialect_of(source).name;
  if (response.status != 200) {
    return fail(identity_refusal(response, issuer));
  }
  auto token = parse_token(response, issuer, now);
  if (token) {
    token->method = "managed_identity";
  }
  return token;
}

}  // namespace iothub

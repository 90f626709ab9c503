#include "auth/client_secret_credential.hpp"

#include <utility>
#include <variant>

#include "auth/secret_file.hpp"
#include "auth/token_response.hpp"
#include "http/retry_after.hpp"
#include "http/url.hpp"

namespace iothub {

ClientSecretCredential::ClientSecretCredential(HttpClient& http, std::string authority_host,
                                               std::string scope, ClientSecretOptions options)
    : http_(http),
      url_(std::move(authority_host) + "/" + percent_encoded(options.tenant_id) + "/oauth2/v2.0/token"),
      scope_(std::move(scope)),
      options_(std::move(options)) {}

Result<AccessToken> ClientSecretCredential::fetch(const std::stop_token& stop) {
  const auto* file = std::get_if<SecretFile>(&options_.client_secret);
  auto secret = file != nullptr ? read_secret_file(file->path) : std::get<Secret>(options_.client_secret);
  if (!secret) {
    return fail(std::move(secret.error()));
  }
  const HttpRequest request{
      .method = "POST",
      .url = url_,
      .headers = {{"accept", "application/json"}, {"content-type", "application/x-www-form-urlencoded"}},
      .body = "grant_type=client_credentials&client_id=" + percent_encoded(options_.client_id) +
              "&client_secret=" + percent_encoded(secret->reveal()) + "&scope=" + percent_encoded(scope_),
      .api = "token"};
  const auto response = http_.send(request, stop);
  if (!response) {
    return fail(response.error());
  }
  auto token = parse_token_response(*response);
  if (!token) {
    token.error().retry_after = retry_after(*response);
  }
  return token;
}

}  // namespace iothub

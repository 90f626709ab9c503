#include "simulator/entra_id.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "simulator/arm_errors.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kSuffix = "/.default";
constexpr std::array<std::string_view, 5> kManagers{
    "https://management.azure.com", "https://management.core.windows.net",
    "https://management.usgovcloudapi.net", "https://management.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn"};

class Form {
 public:
  explicit Form(std::string_view body) : pairs_(parse_form(body)) {}

  [[nodiscard]] std::string operator[](std::string_view name) const {
    const auto found =
        std::ranges::find(pairs_, name, [](const auto& pair) { return std::string_view(pair.first); });
    return found == pairs_.end() ? "" : found->second;
  }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// A GUID or a domain name; everything else never reaches the directory.
bool is_tenant_name(std::string_view text) {
  const bool has_dot = text.find('.') != std::string_view::npos;
  const bool is_guid = text.size() == 36 && std::ranges::count(text, '-') == 4;
  return has_dot || is_guid;
}

const Tenant* find_tenant(const Scenario& scenario, std::string_view name) {
  const auto found = std::ranges::find_if(scenario.tenants, [&](const Tenant& tenant) {
    return same_name(tenant.id, name) || (!tenant.domain.empty() && same_name(tenant.domain, name));
  });
  return found == scenario.tenants.end() ? nullptr : &*found;
}

std::optional<EntraError> tenant_error(const Scenario& scenario, const std::string& name) {
  if (find_tenant(scenario, name) != nullptr) {
    return std::nullopt;
  }
  if (!is_tenant_name(name)) {
    return EntraError{
        400, "invalid_request", 900023,
        "Specified tenant identifier '" + name + "' is neither a valid DNS name nor a valid tenant id."};
  }
  return EntraError{
      400, "invalid_request", 90002,
      "Tenant '" + name + "' not found. Check that the tenant identifier and the cloud are right."};
}

std::optional<EntraError> form_error(const Form& form) {
  for (const std::string_view name : {"grant_type", "client_id", "scope"}) {
    if (form[name].empty()) {
      return EntraError{
          400, "invalid_request", 900144,
          "The request body must contain the following parameter: '" + std::string(name) + "'."};
    }
  }
  if (form["grant_type"] != "client_credentials") {
    return EntraError{400, "unsupported_grant_type", 70003,
                      "The app requested an unsupported grant type '" + form["grant_type"] + "'."};
  }
  return std::nullopt;
}

// What a token for `scope` is good for; nothing if Entra ID would not know it.
std::optional<std::string> audience_of(std::string scope, const std::string& origin) {
  scope.resize(scope.size() - kSuffix.size());
  const std::string bare = scope.ends_with('/') ? scope.substr(0, scope.size() - 1) : scope;
  const bool known = same_name(bare, origin) || std::ranges::any_of(kManagers, [&](std::string_view manager) {
                       return same_name(bare, manager);
                     });
  return known ? std::optional(scope) : std::nullopt;
}

std::optional<EntraError> scope_error(const std::string& scope, const std::string& origin) {
  if (!scope.ends_with(kSuffix)) {
    return EntraError{400, "invalid_scope", 70011,
                      "The provided value for the input parameter 'scope' is not valid. The scope " + scope +
                          " must be a resource with the suffix /.default."};
  }
  if (!audience_of(scope, origin)) {
    return EntraError{400, "invalid_resource", 500011,
                      "The resource principal of scope " + scope + " was not found in the tenant."};
  }
  return std::nullopt;
}

std::optional<EntraError> client_error(const Client* client, const Form& form, const Tenant& tenant) {
  const std::string app = form["client_id"];
  if (client == nullptr) {
    return EntraError{
        400, "unauthorized_client", 700016,
        "Application with identifier '" + app + "' was not found in the directory '" + tenant.id + "'."};
  }
  if (!form["client_assertion"].empty()) {
    return EntraError{
        401, "invalid_client", 700027,
        "The certificate with the identifier used to sign the client assertion is not registered on "
        "application '" +
            app + "'."};
  }
  if (form["client_secret"].empty()) {
    return EntraError{
        401, "invalid_client", 7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."};
  }
  if (form["client_secret"] != client->secret) {
    return EntraError{401, "invalid_client", 7000215,
                      "Invalid client secret provided. Send the value of the secret of app '" + app +
                          "', not the id of the secret."};
  }
  if (client->secret_expired) {
    return EntraError{401, "invalid_client", 7000222,
                      "The provided client secret keys for app '" + app + "' are expired."};
  }
  return std::nullopt;
}

Reply grant(const Client& client, const Tenant& tenant, const std::string& audience, const Visit& visit,
            TokenStore& tokens) {
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(client.token_lifetime).count();
  const Token token{.tenant = tenant.id,
                    .client = client.id,
                    .object_id = client.object_id,
                    .audience = audience,
                    .issued = visit.now,
                    .expires = visit.now + client.token_lifetime};
  JsonText json;
  json.begin_object()
      .text("token_type", "Bearer")
      .number("expires_in", seconds)
      .number("ext_expires_in", seconds);
  json.text("access_token", tokens.issue(token, "https://sts.windows.net/" + tenant.id + "/")).end_object();
  return {.headers = {{"Cache-Control", "no-store, no-cache"}, {"Pragma", "no-cache"}}, .body = json.take()};
}

}  // namespace

Reply answer_token(const Request& request, const Route& route, const Visit& visit, const Scenario& scenario,
                   TokenStore& tokens) {
  const auto refuse = [&](const EntraError& error) {
    return entra_error(error, visit.request_id, visit.correlation_id, visit.origin, visit.now);
  };
  if (request.method != "POST") {
    return refuse({405, "invalid_request", 900561, "The endpoint only accepts POST requests."});
  }
  if (const auto error = tenant_error(scenario, route.tenant)) {
    return refuse(*error);
  }
  const bool is_form = request.header("content-type").starts_with("application/x-www-form-urlencoded");
  const Form form(is_form ? request.body : "");
  if (const auto error = form_error(form)) {
    return refuse(*error);
  }
  const Tenant& tenant = *find_tenant(scenario, route.tenant);
  const auto client = std::ranges::find_if(
      tenant.clients, [&](const Client& candidate) { return same_name(candidate.id, form["client_id"]); });
  const Client* const known = client == tenant.clients.end() ? nullptr : &*client;
  if (const auto error = client_error(known, form, tenant)) {
    return refuse(*error);
  }
  if (const auto error = scope_error(form["scope"], visit.origin)) {
    return refuse(*error);
  }
  return grant(*known, tenant, audience_of(form["scope"], visit.origin).value_or(""), visit, tokens);
}

}  // namespace azure_simulator

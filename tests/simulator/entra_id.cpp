#include "simulator/entra_id.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <tl/expected.hpp>

#include "simulator/ad_fs.hpp"
#include "simulator/arm_errors.hpp"
#include "simulator/audience.hpp"
#include "simulator/client_proof.hpp"
#include "simulator/form.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

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

// What a request for a token says, apart from the proof.
struct TokenQuestion {
  bool is_ad_fs = false;
  Form form;
  std::string token_endpoint;

  [[nodiscard]] std::string_view target_name() const { return is_ad_fs ? "resource" : "scope"; }
};

std::optional<EntraError> form_error(const TokenQuestion& question) {
  for (const std::string_view name :
       {std::string_view("grant_type"), std::string_view("client_id"), question.target_name()}) {
    if (question.form[name].empty()) {
      return EntraError{
          400, "invalid_request", 900144,
          "The request body must contain the following parameter: '" + std::string(name) + "'."};
    }
  }
  if (question.form["grant_type"] != "client_credentials") {
    return EntraError{400, "unsupported_grant_type", 70003,
                      "The app requested an unsupported grant type '" + question.form["grant_type"] + "'."};
  }
  return std::nullopt;
}

// The resource that the token is to be for.
tl::expected<std::string, EntraError> resource_of(const TokenQuestion& question, const std::string& origin) {
  const std::string target = question.form[question.target_name()];
  const auto resource = question.is_ad_fs ? std::optional(target) : resource_of_scope(target);
  if (!resource) {
    return tl::unexpected(
        EntraError{400, "invalid_scope", 70011,
                   "The provided value for the input parameter 'scope' is not valid. The scope " + target +
                       " must be a resource with the suffix /.default."});
  }
  if (!is_resource_manager(*resource, origin)) {
    return tl::unexpected(
        EntraError{400, "invalid_resource", 500011,
                   "The resource principal of scope " + target + " was not found in the tenant."});
  }
  return *resource;
}

EntraError unknown_client(const std::string& id, const Tenant& tenant) {
  return {400, "unauthorized_client", 700016,
          "Application with identifier '" + id + "' was not found in the directory '" + tenant.id + "'."};
}

Reply grant(const Client& client, const Tenant& tenant, const std::string& resource, const Visit& visit,
            TokenStore& tokens) {
  const bool ad_fs = is_ad_fs(tenant.id);
  const std::int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(client.token_lifetime).count();
  const Token token{.tenant = tenant.id,
                    .client = client.id,
                    .object_id = client.object_id,
                    .audience = resource,
                    .issued = visit.now,
                    .expires = visit.now + client.token_lifetime};
  JsonText json;
  json.begin_object().text("token_type", ad_fs ? "bearer" : "Bearer").number("expires_in", seconds);
  if (!ad_fs) {
    json.number("ext_expires_in", seconds);
  }
  const std::string issuer =
      ad_fs ? visit.origin + "/adfs/services/trust" : "https://sts.windows.net/" + tenant.id + "/";
  json.text("access_token", tokens.issue(token, issuer)).end_object();
  return {.headers = {{"Cache-Control", "no-store, no-cache"}, {"Pragma", "no-cache"}}, .body = json.take()};
}

tl::expected<Reply, EntraError> answer_question(const TokenQuestion& question, const Tenant& tenant,
                                                const Visit& visit, World& world) {
  const std::string id = question.form["client_id"];
  const auto client = std::ranges::find_if(
      tenant.clients, [&](const Client& candidate) { return same_name(candidate.id, id); });
  if (client == tenant.clients.end()) {
    return tl::unexpected(unknown_client(id, tenant));
  }
  const std::string target = question.form[question.target_name()];
  if (world.loops.is_looping(tenant.id + " " + client->id + " " + target, visit.now)) {
    return tl::unexpected(EntraError{400, "invalid_grant", 50196,
                                     "The server ended an operation because the client is in a loop of "
                                     "requests."});
  }
  const auto proof_error = check_proof({.client = *client,
                                        .form = question.form,
                                        .token_endpoint = question.token_endpoint,
                                        .is_ad_fs = question.is_ad_fs,
                                        .now = visit.now},
                                       world);
  if (proof_error) {
    return tl::unexpected(*proof_error);
  }
  return resource_of(question, visit.origin).map([&](const std::string& resource) {
    return grant(*client, tenant, resource, visit, world.tokens);
  });
}

}  // namespace

Reply answer_token(const Request& request, const Route& route, const Visit& visit, World& world) {
  const TokenQuestion question{
      .is_ad_fs = is_ad_fs(route.tenant), .form = Form(request), .token_endpoint = visit.origin + route.path};
  const auto refuse = [&](const EntraError& error) {
    return question.is_ad_fs && find_tenant(world.scenario, route.tenant) != nullptr
               ? ad_fs_error(error)
               : entra_error(error, visit.request_id, visit.correlation_id, visit.origin, visit.now);
  };
  world.learn(question.form["client_assertion"]);
  world.learn(question.form["client_secret"]);
  if (request.method != "POST") {
    return refuse({405, "invalid_request", 900561, "The endpoint only accepts POST requests."});
  }
  if (const auto error = tenant_error(world.scenario, route.tenant)) {
    return refuse(*error);
  }
  if (const auto error = form_error(question)) {
    return refuse(*error);
  }
  auto reply = answer_question(question, *find_tenant(world.scenario, route.tenant), visit, world);
  return reply ? *std::move(reply) : refuse(reply.error());
}

}  // namespace azure_simulator

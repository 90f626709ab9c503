#include <algorithm>

#include "simulator/ad_fs.hpp"
#include "simulator/arm_errors.hpp"
#include "simulator/entra_id.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

bool is_shared(std::string_view tenant) {
  return tenant == "common" || tenant == "organizations" || tenant == "consumers";
}

bool is_known(const Scenario& scenario, std::string_view name) {
  return is_shared(name) || std::ranges::any_of(scenario.tenants, [&](const Tenant& tenant) {
           return same_name(tenant.id, name) || same_name(tenant.domain, name);
         });
}

Reply openid_configuration(const std::string& tenant, const std::string& origin) {
  const std::string base = origin + "/" + tenant;
  JsonText json;
  json.begin_object();
  json.text("token_endpoint", base + (is_ad_fs(tenant) ? "/oauth2/token" : "/oauth2/v2.0/token"));
  json.begin_array("token_endpoint_auth_methods_supported");
  json.text("client_secret_post").text("private_key_jwt").end_array();
  json.text("jwks_uri", base + "/discovery/v2.0/keys").text("issuer", base + "/v2.0");
  json.begin_array("response_types_supported").text("code").text("id_token").end_array();
  json.begin_array("scopes_supported").text("openid").end_array();
  json.begin_array("subject_types_supported").text("pairwise").end_array();
  json.begin_array("id_token_signing_alg_values_supported").text("RS256").end_array();
  json.text("authorization_endpoint", base + "/oauth2/v2.0/authorize");
  json.text("device_authorization_endpoint", base + "/oauth2/v2.0/devicecode");
  json.text("end_session_endpoint", base + "/oauth2/v2.0/logout");
  json.key("tenant_region_scope").null().text("cloud_instance_name", origin.substr(origin.find("//") + 2));
  return {.body = json.end_object().take()};
}

Reply instance_discovery(const Route& route, const std::string& origin) {
  const std::string host = origin.substr(origin.find("//") + 2);
  const std::string tenant = is_shared(route.tenant) ? "common" : route.tenant;
  JsonText json;
  json.begin_object();
  json.text("tenant_discovery_endpoint", origin + "/" + tenant + "/v2.0/.well-known/openid-configuration");
  json.text("api-version", "1.1").begin_array("metadata").begin_object();
  json.text("preferred_network", host).text("preferred_cache", host);
  json.begin_array("aliases").text(host).end_array().end_object().end_array();
  return {.body = json.end_object().take()};
}

void write_authentication(JsonText& json, const std::string& origin) {
  json.begin_object("authentication").text("loginEndpoint", origin);
  json.begin_array("audiences")
      .text("https://management.core.windows.net/")
      .text("https://management.azure.com/");
  json.end_array().text("tenant", "common").text("identityProvider", "AAD").end_object();
}

// The form of 2015: one object. Azure Stack's tools still ask for it.
Reply old_cloud_metadata(const std::string& origin) {
  JsonText json;
  json.begin_object().text("galleryEndpoint", origin + "/").text("graphEndpoint", origin + "/");
  json.text("portalEndpoint", origin + "/");
  write_authentication(json, origin);
  return {.body = json.end_object().take()};
}

Reply cloud_metadata(const std::string& origin) {
  JsonText json;
  json.begin_array().begin_object().text("name", "AzureCloud").text("portal", origin);
  write_authentication(json, origin);
  json.text("media", origin).text("graphAudience", origin + "/").text("graph", origin + "/");
  json.text("activeDirectoryDataLake", origin + "/")
      .text("batch", origin + "/")
      .text("gallery", origin + "/");
  json.text("sqlManagement", origin + "/").text("vmImageAliasDoc", origin + "/aliases.json");
  json.text("microsoftGraphResourceId", origin + "/").text("resourceManager", origin + "/");
  json.begin_object("suffixes").text("storage", "core.windows.net").text("keyVaultDns", "vault.azure.net");
  json.text("sqlServerHostname", "database.windows.net").text("acrLoginServer", "azurecr.io").end_object();
  return {.body = json.end_object().end_array().take()};
}

}  // namespace

Reply answer_discovery(const Route& route, const Visit& visit, const Scenario& scenario) {
  if (route.tenant.empty()) {
    const std::string version = route.parameter("api-version");
    return version == "2015-01-01" || version == "1.0" ? old_cloud_metadata(visit.origin)
                                                       : cloud_metadata(visit.origin);
  }
  if (!is_known(scenario, route.tenant)) {
    return entra_error({400, "invalid_tenant", 90002, "Tenant '" + route.tenant + "' not found."},
                       visit.request_id, visit.correlation_id, visit.origin, visit.now);
  }
  return same_name(route.segments.back(), "instance") ? instance_discovery(route, visit.origin)
                                                      : openid_configuration(route.tenant, visit.origin);
}

}  // namespace azure_simulator

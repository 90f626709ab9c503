#include "simulator/resource_manager.hpp"

#include <algorithm>
#include <optional>

#include "simulator/api_versions.hpp"
#include "simulator/arm_errors.hpp"
#include "simulator/bearer.hpp"
#include "simulator/bodies.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"
#include "simulator/paging.hpp"
#include "simulator/place.hpp"

namespace azure_simulator {
namespace {

// Everything that one answer needs, gathered once.
struct Inquiry {
  const Route& route;
  const Visit& visit;
  const World& world;
  Place place;
  const Principal* principal = nullptr;
};

std::string action_of(Operation operation) {
  const bool about_jobs = operation == Operation::list_jobs || operation == Operation::get_job;
  return about_jobs ? "Microsoft.Devices/iotHubs/jobs/read" : "Microsoft.Devices/iotHubs/read";
}

// The scope that a refusal names: as asked, whether it exists or not.
std::string scope_of(const Route& route) {
  std::string scope = "/subscriptions/" + route.subscription;
  if (!route.group.empty()) {
    scope += "/resourceGroups/" + route.group;
  }
  return route.hub.empty() ? scope : scope + "/providers/Microsoft.Devices/IotHubs/" + route.hub;
}

std::optional<Reply> check_role(const Inquiry& inquiry) {
  const auto& [subscription, group, hub] = inquiry.place;
  const bool allowed = hub != nullptr ? may_read(*inquiry.principal, *subscription, *group, *hub)
                                      : may_read_something(*inquiry.principal, *subscription, group);
  if (allowed) {
    return std::nullopt;
  }
  return gateway_error(403, "AuthorizationFailed",
                       "The client '" + inquiry.principal->id + "' with object id '" +
                           inquiry.principal->object_id +
                           "' does not have authorization to perform action '" +
                           action_of(inquiry.route.operation) + "' over scope '" + scope_of(inquiry.route) +
                           "' or the scope is invalid. If access was recently granted, please refresh your "
                           "credentials.");
}

std::optional<Reply> check_existence(const Inquiry& inquiry) {
  const Route& route = inquiry.route;
  if (!route.group.empty() && inquiry.place.group == nullptr) {
    return gateway_error(404, "ResourceGroupNotFound",
                         "Resource group '" + route.group + "' could not be found.");
  }
  if (!route.hub.empty() && inquiry.place.hub == nullptr) {
    return gateway_error(
        404, "ResourceNotFound",
        "The Resource 'Microsoft.Devices/IotHubs/" + route.hub + "' under resource group '" + route.group +
            "' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix");
  }
  return std::nullopt;
}

Reply provider_refusal(const Inquiry& inquiry, const ProviderError& error) {
  return provider_error(error, inquiry.route.parameter("api-version"), inquiry.visit.correlation_id,
                        inquiry.visit.now);
}

std::optional<Reply> check_active(const Inquiry& inquiry) {
  if (inquiry.place.hub->state == "Active") {
    return std::nullopt;
  }
  return provider_refusal(inquiry,
                          {.status = 409,
                           .code = 409002,
                           .name = "IotHubNotActive",
                           .http_status_code = "Conflict",
                           .message = "IotHub '" + inquiry.place.hub->name + "' is not in Active state."});
}

Reply bad_skip_token() {
  return gateway_error(400, "InvalidSkipToken",
                       "The provided value of the query parameter '$skiptoken' is invalid.");
}

Reply list_jobs(const Inquiry& inquiry) {
  if (auto refusal = check_active(inquiry)) {
    return *std::move(refusal);
  }
  const auto start = page_start(inquiry.route, inquiry.visit.now);
  if (!start) {
    return bad_skip_token();
  }
  const Scenario& scenario = inquiry.world.scenario;
  std::vector<std::string> items;
  for (const Job& job : inquiry.world.jobs_of(*inquiry.place.hub, start->as_of)) {
    items.push_back(job_json(job, scenario.null_members));
  }
  for (const RawJob& raw : inquiry.place.hub->raw_jobs) {
    items.push_back(raw.json);
  }
  return page_of(items, *start, scenario.jobs_page_size, inquiry.route, inquiry.visit.origin);
}

Reply get_job(const Inquiry& inquiry) {
  if (auto refusal = check_active(inquiry)) {
    return *std::move(refusal);
  }
  const Hub& hub = *inquiry.place.hub;
  for (const Job& job : inquiry.world.jobs_of(hub, inquiry.visit.now)) {
    if (same_name(job.id, inquiry.route.job)) {
      return {.body = job_json(job, inquiry.world.scenario.null_members)};
    }
  }
  for (const RawJob& raw : hub.raw_jobs) {
    if (!raw.id.empty() && same_name(raw.id, inquiry.route.job)) {
      return {.body = raw.json};
    }
  }
  return provider_refusal(inquiry, {.status = 404,
                                    .code = 404011,
                                    .name = "JobNotFound",
                                    .http_status_code = "NotFound",
                                    .message = "Job not found with ID '" + inquiry.route.job + "'."});
}

Time created_at(const World& world) {
  return world.timeline.start - std::chrono::hours{24 * 90};
}

Reply list_hubs(const Inquiry& inquiry) {
  const auto start = page_start(inquiry.route, inquiry.visit.now);
  if (!start) {
    return bad_skip_token();
  }
  const Subscription& subscription = *inquiry.place.subscription;
  std::vector<std::string> items;
  for (const ResourceGroup& group : subscription.groups) {
    if (inquiry.place.group != nullptr && inquiry.place.group != &group) {
      continue;
    }
    for (const Hub& hub : group.hubs) {
      if (may_read(*inquiry.principal, subscription, group, hub)) {
        items.push_back(hub_json(hub, subscription, group, created_at(inquiry.world)));
      }
    }
  }
  return page_of(items, *start, inquiry.world.scenario.hubs_page_size, inquiry.route, inquiry.visit.origin);
}

Reply get_hub(const Inquiry& inquiry) {
  const auto& [subscription, group, hub] = inquiry.place;
  return {.body = hub_json(*hub, *subscription, *group, created_at(inquiry.world))};
}

std::string subscription_json(const Subscription& subscription) {
  JsonText json;
  json.begin_object()
      .text("id", "/subscriptions/" + subscription.id)
      .text("authorizationSource", "RoleBased");
  json.begin_array("managedByTenants").end_array().text("subscriptionId", subscription.id);
  json.text("tenantId", subscription.tenant).text("state", "Enabled");
  json.text("displayName", subscription.name.empty() ? subscription.id : subscription.name);
  json.begin_object("subscriptionPolicies").text("locationPlacementId", "Public_2014-09-01");
  json.text("quotaId", "PayAsYouGo_2014-09-01").text("spendingLimit", "Off").end_object();
  return json.end_object().take();
}

std::string tenant_json(const Tenant& tenant) {
  JsonText json;
  json.begin_object()
      .text("id", "/tenants/" + tenant.id)
      .text("tenantId", tenant.id)
      .text("countryCode", "NL");
  json.text("displayName", tenant.domain).begin_array("domains").text(tenant.domain).end_array();
  json.text("tenantCategory", "Home").text("defaultDomain", tenant.domain);
  return json.end_object().take();
}

Reply list_of(const std::vector<std::string>& items) {
  JsonText json;
  json.begin_object().begin_array("value");
  for (const std::string& item : items) {
    json.raw(item);
  }
  json.end_array().begin_object("count").text("type", "Total");
  json.number("value", static_cast<std::int64_t>(items.size())).end_object();
  return {.body = json.end_object().take()};
}

Reply answer_subscriptions(const Inquiry& inquiry, const std::string& tenant) {
  const Scenario& scenario = inquiry.world.scenario;
  if (inquiry.place.subscription != nullptr) {
    return {.body = subscription_json(*inquiry.place.subscription)};
  }
  std::vector<std::string> items;
  if (same_name(inquiry.route.segments.front(), "tenants")) {
    const auto home = std::ranges::find(scenario.tenants, tenant, &Tenant::id);
    items.push_back(tenant_json(*home));
    return list_of(items);
  }
  for (const Subscription& subscription : scenario.subscriptions) {
    if (subscription.tenant == tenant && may_read_something(*inquiry.principal, subscription, nullptr)) {
      items.push_back(subscription_json(subscription));
    }
  }
  return list_of(items);
}

Reply answer_inquiry(const Inquiry& inquiry, const std::string& tenant) {
  if (auto refusal = unsupported_api_version(inquiry.route)) {
    return *std::move(refusal);
  }
  switch (inquiry.route.operation) {
    case Operation::list_jobs:
      return list_jobs(inquiry);
    case Operation::get_job:
      return get_job(inquiry);
    case Operation::list_hubs:
      return list_hubs(inquiry);
    case Operation::get_hub:
      return get_hub(inquiry);
    default:
      return answer_subscriptions(inquiry, tenant);
  }
}

// In the order in which Azure looks: role, then group and hub, then the provider's own questions.
Reply answer_authenticated(const Inquiry& inquiry, const std::string& tenant) {
  if (inquiry.place.subscription != nullptr) {
    if (auto refusal = check_role(inquiry)) {
      return *std::move(refusal);
    }
  }
  if (auto refusal = check_existence(inquiry)) {
    return *std::move(refusal);
  }
  return answer_inquiry(inquiry, tenant);
}

Reply throttled(const std::string& subscription, std::chrono::seconds wait) {
  const std::string seconds = std::to_string(wait.count());
  Reply reply =
      gateway_error(429, "SubscriptionRequestsThrottled",
                    "Number of requests for subscription '" + subscription +
                        "' exceeded the limit of reads. Please try again after '" + seconds + "' seconds.");
  reply.headers.emplace_back("Retry-After", seconds);
  return reply;
}

// What Resource Manager refuses before it asks who is there.
std::optional<Reply> check_form(const Request& request, const Route& route, const Place& place) {
  if (auto refusal = missing_api_version(route)) {
    return refusal;
  }
  if (route.operation == Operation::other) {
    return gateway_error(404, "InvalidResourceType",
                         "The resource type could not be found in the namespace.");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Reply reply =
        gateway_error(405, "MethodNotAllowed",
                      "The requested resource does not support http method '" + request.method + "'.");
    reply.headers.emplace_back("Allow", "GET");
    return reply;
  }
  if (!route.subscription.empty() && place.subscription == nullptr) {
    return gateway_error(404, "SubscriptionNotFound",
                         "The subscription '" + route.subscription + "' could not be found.");
  }
  return std::nullopt;
}

}  // namespace

Reply answer_manager(const Request& request, const Route& route, const Visit& visit, World& world) {
  const Place place = find_place(route, world.scenario);
  if (auto refusal = check_form(request, route, place)) {
    return *std::move(refusal);
  }
  const std::string home = place.subscription == nullptr ? "" : place.subscription->tenant;
  const auto token = check_bearer(request, home, visit, world.tokens);
  if (!token) {
    return token.error();
  }
  const Principal* principal = find_principal(world.scenario, token->tenant, token->client);
  const ReadBudget::Rest rest = world.budget.take(route.subscription, token->client, visit.now);
  const Inquiry inquiry{
      .route = route, .visit = visit, .world = world, .place = place, .principal = principal};
  const bool is_throttled = rest.wait.count() > 0 && world.scenario.throttling.enforced;
  Reply reply =
      is_throttled ? throttled(route.subscription, rest.wait) : answer_authenticated(inquiry, token->tenant);
  reply.headers.emplace_back("x-ms-ratelimit-remaining-subscription-reads", std::to_string(rest.reads));
  reply.headers.emplace_back("x-ms-ratelimit-remaining-subscription-global-reads",
                             std::to_string(rest.global_reads));
  return reply;
}

}  // namespace azure_simulator

#include "simulator/azure_service.hpp"

#include <algorithm>
#include <utility>

#include "simulator/azure_dates.hpp"
#include "simulator/control_api.hpp"
#include "simulator/entra_id.hpp"
#include "simulator/letter_case.hpp"
#include "simulator/managed_identity.hpp"
#include "simulator/resource_manager.hpp"

namespace azure_simulator {
namespace {

void add_object_id(Principal& principal, const SeededRandom& random) {
  if (principal.object_id.empty()) {
    principal.object_id = random.guid("object/" + principal.id);
  }
}

// Object ids are written by hand only where a scenario cares about them.
Scenario with_object_ids(Scenario scenario) {
  const SeededRandom random(scenario.seed);
  for (Tenant& tenant : scenario.tenants) {
    for (Client& client : tenant.clients) {
      add_object_id(client, random);
    }
  }
  for (ManagedIdentity& identity : scenario.identities) {
    add_object_id(identity, random);
  }
  return scenario;
}

void apply(const ClientChange& change, Client& client) {
  client.secret = change.secret.value_or(client.secret);
  client.secret_expired = change.secret_expired.value_or(client.secret_expired);
  client.certificates = change.certificates.value_or(client.certificates);
  client.federated_credentials = change.federated_credentials.value_or(client.federated_credentials);
}

const Hub* find_hub(const Scenario& scenario, std::string_view name) {
  for (const Subscription& subscription : scenario.subscriptions) {
    for (const ResourceGroup& group : subscription.groups) {
      const auto hub = std::ranges::find_if(
          group.hubs, [&](const Hub& candidate) { return same_name(candidate.name, name); });
      if (hub != group.hubs.end()) {
        return &*hub;
      }
    }
  }
  return nullptr;
}

// Whether Resource Manager answers it.
bool is_managers(Operation operation) {
  switch (operation) {
    case Operation::token:
    case Operation::imds:
    case Operation::app_service:
    case Operation::arc:
    case Operation::cloud_shell:
    case Operation::discovery:
      return false;
    default:
      return true;
  }
}

void add_common_headers(Reply& reply, const Route& route, const Visit& visit) {
  Headers& headers = reply.headers;
  const bool dated = std::ranges::any_of(headers, [](const auto& h) { return same_name(h.first, "date"); });
  if (!dated) {  // unless a fault lies about it
    headers.emplace_back("Date", rfc1123_date(visit.now));
  }
  headers.emplace_back("x-ms-request-id", visit.request_id);
  headers.emplace_back("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!is_managers(route.operation)) {
    return;
  }
  headers.emplace_back("Cache-Control", "no-cache");
  headers.emplace_back("Pragma", "no-cache");
  headers.emplace_back("Expires", "-1");
  headers.emplace_back("x-ms-correlation-request-id", visit.correlation_id);
  headers.emplace_back("x-ms-routing-request-id",
                       "WESTEUROPE:" + compact_date(visit.now) + ":" + visit.correlation_id);
}

}  // namespace

AzureService::AzureService(Scenario scenario, Time start)
    : world_(with_object_ids(std::move(scenario)), start),
      faults_(world_.scenario.faults, world_.timeline.random) {
  for (const Tenant& tenant : world_.scenario.tenants) {
    for (const Client& client : tenant.clients) {
      world_.learn(client.secret);
    }
  }
  world_.learn(world_.scenario.identity_header);
}

Visit AzureService::visit_of(const Request& request, Time now) {
  const std::string number = std::to_string(visits_++);
  const std::string_view correlation = request.header("x-ms-correlation-request-id");
  const std::string_view host = request.header("host");
  return {.origin = "https://" + std::string(host.empty() ? "localhost" : host),
          .request_id = world_.timeline.random.guid("request/" + number),
          .correlation_id = correlation.empty() ? world_.timeline.random.guid("correlation/" + number)
                                                : std::string(correlation),
          .now = now};
}

// The client that the request names or whose token it carries.
std::string AzureService::client_of(const Request& request, const Route& route) const {
  if (route.operation == Operation::token) {
    const auto form = parse_form(request.body);
    const auto id = std::ranges::find_if(form, [](const auto& pair) { return pair.first == "client_id"; });
    return id == form.end() ? "" : id->second;
  }
  if (!is_managers(route.operation)) {
    return route.parameter("client_id") + route.parameter("clientid");
  }
  const std::string_view header = request.header("authorization");
  const auto token =
      world_.tokens.find(header.substr(std::min(header.size(), std::string_view("Bearer ").size())));
  return token ? token->client : "";
}

Duration AzureService::latency_of(const Route& route, const Visit& visit) const {
  const auto found = world_.scenario.latency.find(std::string(to_text(route.operation)));
  if (found == world_.scenario.latency.end()) {
    return Duration{0};
  }
  const auto& [from, to] = found->second;
  const double fraction = world_.timeline.random.fraction("latency/" + visit.request_id);
  return from + Duration{static_cast<std::int64_t>(static_cast<double>((to - from).count()) * fraction)};
}

Reply AzureService::answer_service(const Request& request, const Route& route, const Visit& visit) {
  switch (route.operation) {
    case Operation::token:
      return answer_token(request, route, visit, world_);
    case Operation::imds:
      return answer_imds(request, route, visit, world_);
    case Operation::app_service:
      return answer_app_service(request, route, visit, world_);
    case Operation::arc:
      return answer_arc(request, route, visit, world_);
    case Operation::cloud_shell:
      return answer_cloud_shell(request, visit, world_);
    case Operation::discovery:
      return answer_discovery(route, visit, world_.scenario);
    default:
      return answer_manager(request, route, visit, world_);
  }
}

Reply AzureService::answer_or_fail(const Request& request, const Route& route, const Visit& visit) {
  const auto fault = faults_.next(route);
  if (!fault) {
    return answer_service(request, route, visit);
  }
  return spoils_answer(*fault) ? spoil(*fault, answer_service(request, route, visit))
                               : replacement(*fault, route);
}

Reply AzureService::answer(const Request& request, Time now) {
  const Route route = route_of(request.target);
  if (route.operation == Operation::control) {
    return answer_control(request, route, *this, now);
  }
  const std::scoped_lock lock(mutex_);
  const Visit visit = visit_of(request, now);
  Reply reply = answer_or_fail(request, route, visit);
  reply.delay += latency_of(route, visit);
  add_common_headers(reply, route, visit);
  const bool answered = reply.delivery != Delivery::never && reply.delivery != Delivery::closed;
  log_.add({.operation = std::string(to_text(route.operation)),
            .method = request.method,
            .target = request.target,
            .hub = route.hub,
            .client = client_of(request, route),
            .status = answered ? reply.status : 0,
            .time = now});
  return reply;
}

tl::expected<std::string, std::string> AzureService::add_job(const JobOrder& order, Time now) {
  const std::scoped_lock lock(mutex_);
  const Hub* hub = find_hub(world_.scenario, order.hub);
  if (hub == nullptr) {
    return tl::unexpected<std::string>("there is no hub '" + order.hub + "'");
  }
  if (!has_room_for(order.job.type, world_.jobs_of(*hub, now))) {
    return tl::unexpected<std::string>("hub '" + hub->name + "' has an active import or export job already");
  }
  std::vector<Submission>& added = world_.added[hub->name];
  added.push_back(submit(order.job,
                         world_.timeline.random.guid(hub->name + "/added/" + std::to_string(added.size())),
                         world_.timeline, now));
  return added.back().id;
}

void AzureService::set_faults(std::vector<Fault> faults) {
  const std::scoped_lock lock(mutex_);
  faults_ = FaultInjector(std::move(faults), world_.timeline.random);
}

void AzureService::expire_tokens(Time now) {
  const std::scoped_lock lock(mutex_);
  world_.tokens.expire_all(now);
}

tl::expected<void, std::string> AzureService::change_client(const std::string& id,
                                                            const ClientChange& change) {
  const std::scoped_lock lock(mutex_);
  bool found = false;
  for (Tenant& tenant : world_.scenario.tenants) {
    for (Client& client : tenant.clients) {
      if (same_name(client.id, id)) {
        apply(change, client);
        world_.learn(client.secret);
        found = true;
      }
    }
  }
  if (!found) {
    return tl::unexpected<std::string>("there is no client '" + id + "'");
  }
  return {};
}

std::string AzureService::federated_token(const FederatedTokenOrder& order, Time now) {
  const std::scoped_lock lock(mutex_);
  std::string token = world_.federation.issue(order, now);
  world_.learn(token);
  return token;
}

std::vector<std::string> AzureService::secrets() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> secrets = world_.tokens.texts();
  secrets.insert(secrets.end(), world_.secrets.begin(), world_.secrets.end());
  return secrets;
}

std::map<std::string, std::uint64_t> AzureService::request_counts() const {
  const std::scoped_lock lock(mutex_);
  return log_.counts();
}

std::vector<RequestRecord> AzureService::recent_requests() const {
  const std::scoped_lock lock(mutex_);
  return log_.recent();
}

void AzureService::clear_requests() {
  const std::scoped_lock lock(mutex_);
  log_.clear();
}

}  // namespace azure_simulator

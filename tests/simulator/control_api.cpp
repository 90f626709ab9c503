#include "simulator/control_api.hpp"

#include "simulator/azure_dates.hpp"
#include "simulator/azure_service.hpp"
#include "simulator/json_text.hpp"
#include "simulator/scenario_loader.hpp"

namespace azure_simulator {
namespace {

Reply problem(int status, const std::string& message) {
  JsonText json;
  json.begin_object().text("error", message).end_object();
  return {.status = status, .body = json.take()};
}

Reply done() {
  return {.status = 204};
}

Reply add_job(const Request& request, AzureService& service, Time now) {
  const auto order = load_job_order(request.body, "body");
  if (!order) {
    return problem(400, order.error());
  }
  const auto id = service.add_job(*order, now);
  if (!id) {
    return problem(409, id.error());
  }
  JsonText json;
  json.begin_object().text("jobId", *id).end_object();
  return {.status = 201, .body = json.take()};
}

Reply put_faults(const Request& request, AzureService& service) {
  auto faults = load_faults(request.body, "body");
  if (!faults) {
    return problem(400, faults.error());
  }
  service.set_faults(*std::move(faults));
  return done();
}

Reply change_client(const Request& request, const std::string& id, AzureService& service) {
  const auto change = load_client_change(request.body, "body");
  if (!change) {
    return problem(400, change.error());
  }
  const auto changed = service.change_client(id, *change);
  return changed ? done() : problem(404, changed.error());
}

Reply give_federated_token(const Request& request, AzureService& service, Time now) {
  const auto order = load_federated_token_order(request.body, "body");
  if (!order) {
    return problem(400, order.error());
  }
  return {.content_type = "text/plain", .body = service.federated_token(*order, now)};
}

Reply show_requests(const AzureService& service) {
  JsonText json;
  json.begin_object().begin_object("counts");
  for (const auto& [operation, count] : service.request_counts()) {
    json.number(operation, static_cast<std::int64_t>(count));
  }
  json.end_object().begin_array("recent");
  for (const RequestRecord& record : service.recent_requests()) {
    json.begin_object().text("time", iso_date(record.time)).text("operation", record.operation);
    json.text("method", record.method).text("target", record.target).text("hub", record.hub);
    json.text("client", record.client).number("status", record.status).end_object();
  }
  return {.body = json.end_array().end_object().take()};
}

}  // namespace

Reply answer_control(const Request& request, const Route& route, AzureService& service, Time now) {
  const std::string command = request.method + " " + route.path;
  if (command == "POST /simulator/jobs") {
    return add_job(request, service, now);
  }
  if (command == "PUT /simulator/faults") {
    return put_faults(request, service);
  }
  if (command == "DELETE /simulator/faults") {
    service.set_faults({});
    return done();
  }
  if (command == "GET /simulator/requests") {
    return show_requests(service);
  }
  if (command == "DELETE /simulator/requests") {
    service.clear_requests();
    return done();
  }
  if (command == "POST /simulator/tokens/expire") {
    service.expire_tokens(now);
    return done();
  }
  if (command == "POST /simulator/federated_token") {
    return give_federated_token(request, service, now);
  }
  constexpr std::string_view clients = "PUT /simulator/clients/";
  if (command.starts_with(clients)) {
    return change_client(request, command.substr(clients.size()), service);
  }
  return problem(404, "there is no " + command);
}

}  // namespace azure_simulator

#include "simulator/arm_errors.hpp"

#include "simulator/azure_dates.hpp"
#include "simulator/json_text.hpp"

namespace azure_simulator {
namespace {

Reply plain_entra_error(int status) {
  JsonText json;
  json.begin_object().text("error",
                           status >= 500 || status == 429 ? "temporarily_unavailable" : "invalid_request");
  json.text("error_description", "AADSTS90033: A transient error has occurred. Please try again.");
  json.begin_array("error_codes").number(90033).end_array().end_object();
  return {.status = status, .body = json.take()};
}

bool is_identity(Operation operation) {
  return operation == Operation::imds || operation == Operation::app_service || operation == Operation::arc ||
         operation == Operation::cloud_shell;
}

Reply plain_identity_error(int status) {
  const bool passing = status >= 500 || status == 429 || status == 410;
  JsonText json;
  json.begin_object().text("error", status == 404 ? "not_found"
                                    : passing     ? "unavailable"
                                                  : "invalid_request");
  json.text("error_description", passing ? "Try again later" : "The request is not valid").end_object();
  return {.status = status, .body = json.take()};
}

std::string scope_of(const Route& route) {
  std::string scope = "/subscriptions/" + route.subscription;
  if (!route.group.empty()) {
    scope += "/resourceGroups/" + route.group;
  }
  return route.hub.empty() ? scope : scope + "/providers/Microsoft.Devices/IotHubs/" + route.hub;
}

}  // namespace

Reply gateway_error(int status, std::string_view code, std::string_view message) {
  JsonText json;
  json.begin_object()
      .begin_object("error")
      .text("code", code)
      .text("message", message)
      .end_object()
      .end_object();
  return {.status = status, .headers = {{"x-ms-failure-cause", "gateway"}}, .body = json.take()};
}

Reply provider_error(const ProviderError& error, std::string_view api_version,
                     std::string_view correlation_id, Time now) {
  const std::string message =
      error.message +
      " If you contact a support representative please include this correlation identifier: " +
      std::string(correlation_id) + ", timestamp: " + sortable_date(now) + ", errorcode: IH" +
      std::to_string(error.code) + ".";
  JsonText json;
  json.begin_object();
  if (api_version < "2018-01-22") {
    json.text("Code", error.name).text("HttpStatusCode", error.http_status_code).text("Message", message);
  } else {
    json.number("code", error.code).text("httpStatusCode", error.http_status_code).text("message", message);
  }
  json.end_object();
  return {.status = error.status, .headers = {{"Server", "Microsoft-HTTPAPI/2.0"}}, .body = json.take()};
}

Reply entra_error(const EntraError& error, std::string_view trace_id, std::string_view correlation_id,
                  std::string_view authority, Time now) {
  const std::string timestamp = sortable_date(now);
  const std::string description = "AADSTS" + std::to_string(error.code) + ": " + error.description +
                                  " Trace ID: " + std::string(trace_id) +
                                  " Correlation ID: " + std::string(correlation_id) +
                                  " Timestamp: " + timestamp;
  JsonText json;
  json.begin_object().text("error", error.error).text("error_description", description);
  json.begin_array("error_codes").number(error.code).end_array();
  json.text("timestamp", timestamp).text("trace_id", trace_id).text("correlation_id", correlation_id);
  json.text("error_uri", std::string(authority) + "/error?code=" + std::to_string(error.code)).end_object();
  return {.status = error.status, .body = json.take()};
}

Reply usual_error(int status, const Route& route, std::string_view retry_after) {
  if (status < 400) {
    return {.status = status};
  }
  if (route.operation == Operation::token) {
    return plain_entra_error(status);
  }
  if (is_identity(route.operation)) {
    return plain_identity_error(status);
  }
  switch (status) {
    case 401:
      return gateway_error(status, "InvalidAuthenticationToken", "The access token is invalid.");
    case 403:
      return gateway_error(
          status, "AuthorizationFailed",
          "The client does not have authorization to perform action 'Microsoft.Devices/iotHubs/read' "
          "over scope '" +
              scope_of(route) + "' or the scope is invalid.");
    case 404:
      return gateway_error(status, "ResourceNotFound",
                           "The Resource 'Microsoft.Devices/IotHubs/" + route.hub +
                               "' under resource group '" + route.group + "' was not found.");
    case 429:
      return gateway_error(status, "SubscriptionRequestsThrottled",
                           "Number of requests for subscription '" + route.subscription +
                               "' exceeded the limit. Please try again after '" + std::string(retry_after) +
                               "' seconds.");
    case 503:
      return gateway_error(status, "ServerTimeout",
                           "The request timed out. Diagnostic information is in the headers.");
    default: {
      Reply reply =
          gateway_error(status, status >= 500 ? "InternalServerError" : "BadRequest",
                        status >= 500 ? "Encountered internal server error." : "The request is not valid.");
      reply.headers = {{"x-ms-failure-cause", "service"}};
      return reply;
    }
  }
}

}  // namespace azure_simulator

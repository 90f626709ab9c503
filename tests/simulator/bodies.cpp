#include "simulator/bodies.hpp"

#include "simulator/azure_dates.hpp"
#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

std::string_view tier_of(std::string_view sku) {
  if (sku.starts_with('F')) {
    return "Free";
  }
  if (sku.starts_with('B')) {
    return "Basic";
  }
  return sku == "GEN2" ? "Generation2" : "Standard";
}

std::string_view provisioning_state_of(std::string_view state) {
  if (state == "Active") {
    return "Succeeded";
  }
  return state.ends_with("Failed") ? "Failed" : "Accepted";
}

void write_message_settings(JsonText& json, std::string_view name, bool feedback) {
  json.begin_object(name).number("maxDeliveryCount", 10);
  if (feedback) {
    json.text("defaultTtlAsIso8601", "PT1H").begin_object("feedback").text("lockDurationAsIso8601", "PT1M");
    json.text("ttlAsIso8601", "PT1H").number("maxDeliveryCount", 10).end_object();
  } else {
    json.text("lockDurationAsIso8601", "PT1M").text("ttlAsIso8601", "PT1H");
  }
  json.end_object();
}

void write_active_properties(JsonText& json, const Hub& hub) {
  json.begin_array("locations")
      .begin_object()
      .text("location", hub.location)
      .text("role", "primary")
      .end_object();
  json.end_array().text("hostName", hub.name + ".azure-devices.net").begin_array("ipFilterRules").end_array();
  json.begin_object("eventHubEndpoints").begin_object("events").number("retentionTimeInDays", 1);
  json.number("partitionCount", 4)
      .begin_array("partitionIds")
      .text("0")
      .text("1")
      .text("2")
      .text("3")
      .end_array();
  json.text("path", to_lower(hub.name))
      .text("endpoint", "sb://" + to_lower(hub.name) + ".servicebus.windows.net/");
  json.end_object().end_object();
  json.begin_object("routing").begin_object("endpoints").begin_array("serviceBusQueues").end_array();
  json.begin_array("serviceBusTopics").end_array().begin_array("eventHubs").end_array();
  json.begin_array("storageContainers")
      .end_array()
      .end_object()
      .begin_array("routes")
      .end_array()
      .end_object();
  json.begin_object("storageEndpoints").begin_object("$default").text("sasTtlAsIso8601", "PT1H");
  json.text("connectionString", "").text("containerName", "").end_object().end_object();
  json.begin_object("messagingEndpoints");
  write_message_settings(json, "fileNotifications", false);
  json.end_object().begin_object("rootCertificate").end_object();
}

void write_text(JsonText& json, std::string_view name, const std::string& value, bool null_members) {
  if (!value.empty()) {
    json.text(name, value);
  } else if (null_members) {
    json.key(name).null();
  }
}

}  // namespace

std::string hub_id(const Hub& hub, const Subscription& subscription, const ResourceGroup& group) {
  return "/subscriptions/" + subscription.id + "/resourceGroups/" + group.name +
         "/providers/Microsoft.Devices/IotHubs/" + hub.name;
}

std::string hub_json(const Hub& hub, const Subscription& subscription, const ResourceGroup& group,
                     Time created) {
  const bool active = hub.state == "Active";
  JsonText json;
  json.begin_object().text("id", hub_id(hub, subscription, group)).text("name", hub.name);
  json.text("type", "Microsoft.Devices/IotHubs").text("location", hub.location).begin_object("tags");
  for (const auto& [key, value] : hub.tags) {
    json.text(key, value);
  }
  json.end_object().text("subscriptionid", subscription.id).text("resourcegroup", group.name);
  if (active) {
    json.text("etag", "AAAADFsimu0=");
  }
  json.begin_object("properties").text("state", hub.state);
  json.text("provisioningState", provisioning_state_of(hub.state));
  if (active) {
    write_active_properties(json, hub);
  }
  json.boolean("enableFileUploadNotifications", false);
  write_message_settings(json, "cloudToDevice", true);
  json.text("features", "None").begin_array("allowedFqdnList").end_array().end_object();
  json.begin_object("sku")
      .text("name", hub.sku)
      .text("tier", tier_of(hub.sku))
      .number("capacity", hub.capacity);
  json.end_object().begin_object("identity").text("type", "None").end_object();
  json.begin_object("systemData").text("createdAt", iso_date(created)).end_object();
  return json.end_object().take();
}

std::string job_json(const Job& job, bool null_members) {
  JsonText json;
  json.begin_object().text("jobId", job.id).text("startTimeUtc", rfc1123_date(job.start));
  write_text(json, "endTimeUtc", job.end ? rfc1123_date(*job.end) : "", null_members);
  json.text("type", job.type).text("status", job.status);
  write_text(json, "failureReason", job.failure_reason, null_members);
  write_text(json, "statusMessage", job.status_message, null_members);
  write_text(json, "parentJobId", job.parent_job_id, null_members);
  json.number("progress", job.progress);
  if (job.type == "export" || job.type == "import") {
    json.text("outputBlobContainerUri", "");
  }
  if (job.type == "export") {
    json.boolean("excludeKeysInExport", true);
  }
  return json.boolean("useSecondaryStorageAsSource", false).end_object().take();
}

}  // namespace azure_simulator

#include "simulator/ad_fs.hpp"

#include "simulator/json_text.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

struct Complaint {
  std::string_view error;
  std::string_view description;
};

Complaint complaint_of(const EntraError& error) {
  switch (error.code) {
    case 700016:
      return {"invalid_client", "MSIS9607: No client is registered for the value of 'client_id'."};
    case 500011:
      return {"invalid_resource", "MSIS9602: No resource is registered for the value of 'resource'."};
    case 70003:
      return {"unsupported_grant_type", "MSIS9611: The 'grant_type' is not supported."};
    case 900144:
    case 900561:
      return {"invalid_request", "MSIS9609: A parameter of the request is missing or wrong."};
    default:
      return {"invalid_client", "MSIS9622: The client could not be authenticated by what it presented."};
  }
}

}  // namespace

bool is_ad_fs(std::string_view tenant) {
  return same_name(tenant, "adfs");
}

Reply ad_fs_error(const EntraError& error) {
  const Complaint complaint = complaint_of(error);
  JsonText json;
  json.begin_object().text("error", complaint.error).text("error_description", complaint.description);
  return {.status = error.status == 405 ? 405 : 400, .body = json.end_object().take()};
}

}  // namespace azure_simulator

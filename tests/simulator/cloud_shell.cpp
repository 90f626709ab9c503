#include "simulator/form.hpp"
#include "simulator/json_text.hpp"
#include "simulator/managed_identity.hpp"

namespace azure_simulator {
namespace {

Reply refuse(int status, const std::string& code, const std::string& message) {
  JsonText json;
  json.begin_object().begin_object("error").text("code", code).text("message", message);
  return {.status = status, .body = json.end_object().end_object().take()};
}

}  // namespace

Reply answer_cloud_shell(const Request& request, const Visit& visit, World& world) {
  if (request.method != "POST") {
    return refuse(405, "MethodNotAllowed", "Only POST is allowed.");
  }
  if (request.header("metadata") != "true") {
    return refuse(400, "MissingMetadataHeader", "The header Metadata must be true.");
  }
  const auto grant = grant_identity(Form(request).pairs(), {}, visit, world);
  if (grant) {
    return identity_token(*grant);
  }
  const bool is_resource = grant.error().error == "invalid_resource";
  return refuse(400, is_resource ? "AudienceNotSupported" : "BadRequest", grant.error().description);
}

}  // namespace azure_simulator

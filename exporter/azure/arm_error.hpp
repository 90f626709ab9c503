// What ARM says when it does not answer what it was asked, in the three shapes that it uses:
//   {"error":{"code":"AuthorizationFailed","message":"…"}}              ARM's front end
//   {"code":404011,"httpStatusCode":"NotFound","message":"…"}           IoT Hub, API versions since
//   2018-01-22
//   {"Code":"JobNotFound","HttpStatusCode":"NotFound","Message":"…"}    IoT Hub, before
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "http/http_client.hpp"

namespace iothub {

struct ArmErrorBody {
  std::string code;     // "AuthorizationFailed", "404011"; empty if the body has none
  std::string message;  // without signatures; of a body in none of the shapes its first 200 bytes
};

ArmErrorBody parse_arm_error(std::string_view body);

// The failure that an answer other than 200 stands for: its kind by status, Retry-After, and a message with
// status, code, text and the request ids that Microsoft's support asks for.
Error arm_error(const HttpResponse& response);

// Whether the answer says that there is no job of that id, rather than no hub, group or subscription.
bool says_no_such_job(const HttpResponse& response);

}  // namespace iothub

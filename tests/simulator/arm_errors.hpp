// How Azure says no: the envelope of Resource Manager's front end, the two flat shapes of IoT Hub's resource
// provider, and the one of Entra ID.
#pragma once

#include <string>
#include <string_view>

#include "simulator/clock.hpp"
#include "simulator/message.hpp"
#include "simulator/route.hpp"

namespace azure_simulator {

// {"error":{"code","message"}}, with the header that tells the gateway's failures apart.
Reply gateway_error(int status, std::string_view code, std::string_view message);

// What IoT Hub's own provider says: a number as code since api-version 2018-01-22, a name in Pascal case
// before.
struct ProviderError {
  int status = 404;
  int code = 404011;
  std::string name;              // "JobNotFound", for the old shape
  std::string http_status_code;  // "NotFound"
  std::string message;           // without the trailer that every such message gets
};
Reply provider_error(const ProviderError& error, std::string_view api_version,
                     std::string_view correlation_id, Time now);

// One AADSTS error; `code` is its number.
struct EntraError {
  int status = 400;
  std::string error;  // "invalid_client"
  int code = 0;
  std::string description;  // without "AADSTSnnn: " and without the trailer
};
Reply entra_error(const EntraError& error, std::string_view trace_id, std::string_view correlation_id,
                  std::string_view authority, Time now);

// What the operation usually says with that status, for faults that name no body. A 2xx has an empty body.
Reply usual_error(int status, const Route& route, std::string_view retry_after);

}  // namespace azure_simulator

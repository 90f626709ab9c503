// How long a server asks us to wait.
#pragma once

#include <chrono>
#include <optional>

#include "http/http_client.hpp"

namespace iothub {

// Retry-After in whole seconds or as a date (RFC 9110, 10.2.3), held between one second, for Azure says `0`
// at times, and one hour. Absent if the header is missing or is neither.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response);

}  // namespace iothub

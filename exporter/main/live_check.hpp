// `check --live`: tries what the configuration names, before anybody relies on it.
#pragma once

#include <ostream>
#include <stop_token>

#include "config/config.hpp"
#include "core/clock.hpp"
#include "http/http_client.hpp"

namespace iothub {

// Fetches a token for each credential, and with it each hub and the first page of its jobs. Writes one line
// for each credential and hub, as soon as it is known: what works, or what is missing and where. True if all
// works. Ends early, and is false, when `stop` is requested.
bool check_live(const Config& config, HttpClient& http, const Clock& clock, std::ostream& report,
                const std::stop_token& stop);

}  // namespace iothub

// `iothub_job_exporter healthcheck`: for container health checks, where there is no curl.
#pragma once

#include <ostream>
#include <string>

namespace iothub {

// Asks /-/healthy of the exporter that listens on `listen_address` (a wildcard host means loopback) for at
// most five seconds. 0 if it is healthy, else 1, with the reason on `complaints`.
int healthcheck(const std::string& listen_address, std::ostream& complaints);

}  // namespace iothub

// How requests go out.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace iothub {

struct HttpOptions {
  std::chrono::milliseconds connect_timeout{10'000};  // name look-up, TCP and TLS
  std::chrono::milliseconds request_timeout{30'000};  // the whole request, connecting included
  std::string ca_file;  // further trusted authorities, PEM; empty = the system's alone
  std::string user_agent = "iothub_job_exporter";
  // After decompression. A List Jobs answer of 30 days of jobs at one a minute is about 15 MB.
  std::size_t max_body_bytes = 32U << 20U;
};

}  // namespace iothub

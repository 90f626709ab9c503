// The finished configuration: every value checked, every default filled in. Composed of the layers' own
// options; made by load_config (config_loader.hpp) and by nobody else.
#pragma once

#include <string>
#include <vector>

#include "auth/credential_options.hpp"
#include "azure/cloud_options.hpp"
#include "fleet/hub_options.hpp"
#include "fleet/job_details_options.hpp"
#include "http/http_options.hpp"
#include "poll/poll_options.hpp"

namespace iothub {

struct Config {
  CloudOptions cloud;
  HttpOptions http;
  PollOptions poll;
  std::vector<CredentialOptions> credentials;  // sorted by name; only those that some hub uses
  std::vector<HubOptions> hubs;                // in the file's order
  JobDetailsOptions job_details;
};

}  // namespace iothub

// The parts of the configuration, one reader each. Only config_loader.cpp calls them; what is wrong goes to
// the Context of the values that they are given.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/credential_options.hpp"
#include "azure/cloud_options.hpp"
#include "config/reader.hpp"
#include "fleet/hub_options.hpp"
#include "fleet/job_details_options.hpp"
#include "http/http_options.hpp"
#include "poll/poll_options.hpp"

namespace iothub {

struct AzureConfig {
  CloudOptions cloud;
  bool names_authority = false;  // whether `authority_host` is given and not just implied by the cloud
  std::string ca_file;
};
AzureConfig read_azure(const Value& value);

struct PollingConfig {
  PollOptions poll;
  Setting<std::chrono::milliseconds> interval;         // of hubs that have none of their own
  Setting<std::chrono::milliseconds> active_interval;  // likewise; the default is never above the interval
  Setting<std::chrono::milliseconds> stale_after;
  std::chrono::milliseconds connect_timeout{};
  std::chrono::milliseconds request_timeout{};
};
PollingConfig read_polling(const Value& value);

// Complains about an interval that would hammer Azure: 1ms is soon written for 1m.
void require_a_second(const Setting<std::chrono::milliseconds>& interval);

JobDetailsOptions read_job_details(const Value& value);

// Each credential by its name; nullopt for one that was complained about.
struct CredentialsConfig {
  std::map<std::string, std::optional<CredentialOptions>> by_name;
  bool is_readable = true;  // false: nobody can say which names there are
};
CredentialsConfig read_credentials(const Value& value, const AzureConfig& azure);

// The credential `name` of type auto, or a sentence about what is wrong with the environment.
[[nodiscard]] tl::expected<CredentialOptions, std::string> auto_credential(const std::string& name,
                                                                           const Context& context,
                                                                           const AzureConfig& azure);

// `credentials` gets the `default` that need not be written down, if a hub uses it.
std::vector<HubOptions> read_hubs(const Value& value, const PollingConfig& polling, const AzureConfig& azure,
                                  CredentialsConfig& credentials);

// https, or http on loopback, without a trailing slash.
std::optional<std::string> read_endpoint(const Value& value);

}  // namespace iothub

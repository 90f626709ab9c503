#include "config/config_loader.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "config/file.hpp"
#include "config/reader.hpp"
#include "config/sections.hpp"
#include "config/yaml.hpp"

namespace iothub {

namespace {

std::vector<CredentialOptions> used_credentials(const CredentialsConfig& credentials,
                                                const std::vector<HubOptions>& hubs) {
  std::set<std::string> names;
  for (const HubOptions& hub : hubs) {
    names.insert(hub.credential);
  }
  std::vector<CredentialOptions> used;
  for (const auto& [name, options] : credentials.by_name) {
    if (options && names.contains(name)) {
      used.push_back(*options);
    }
  }
  return used;
}

// What stands under `key`, or `nothing` in its place.
Value value_of(const Section& file, std::string_view key, const yaml::Node& nothing) {
  return file.find(key).value_or(Value(file.value().context(), nothing, std::string(key)));
}

Config read_config(const Value& root) {
  const yaml::Node nothing;
  const Section file(root, keys::kFile);
  Config config;
  const AzureConfig azure = read_azure(value_of(file, "azure", nothing));
  const PollingConfig polling = read_polling(value_of(file, "polling", nothing));
  CredentialsConfig credentials = read_credentials(value_of(file, "credentials", nothing), azure);
  const bool is_missing = (file.is_map() || root.is_null()) && file.lacks("hubs") && !file.find("discovery");
  if (file.find("hubs") || is_missing) {
    config.hubs = read_hubs(value_of(file, "hubs", nothing), polling, azure, credentials);
  }
  config.job_details = read_job_details(value_of(file, "job_details", nothing));
  config.credentials = used_credentials(credentials, config.hubs);
  config.cloud = azure.cloud;
  config.http.ca_file = azure.ca_file;
  config.http.connect_timeout = polling.connect_timeout;
  config.http.request_timeout = polling.request_timeout;
  config.poll = polling.poll;
  return config;
}

std::vector<ConfigError> errors_in_order(std::vector<yaml::Problem> problems, const std::string& file_name) {
  std::ranges::stable_sort(problems, {}, &yaml::Problem::at);
  std::vector<ConfigError> errors;
  errors.reserve(problems.size());
  for (const yaml::Problem& problem : problems) {
    std::string message =
        file_name + ":" + std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column);
    message += ": " + (problem.path.empty() ? "" : problem.path + ": ") + problem.message;
    errors.push_back({.message = std::move(message)});
  }
  return errors;
}

}  // namespace

tl::expected<Config, std::vector<ConfigError>> parse_config(std::string_view text,
                                                            const std::string& file_name,
                                                            const Environment& environment,
                                                            const FileExists& file_exists) {
  yaml::Document document = yaml::parse(text);
  Context context{.environment = environment,
                  .file_exists = file_exists ? file_exists : is_there,
                  .folder = std::filesystem::path(file_name).parent_path(),
                  .problems = std::move(document.problems)};
  Config config;
  if (document.is_complete) {
    config = read_config(Value(context, document.root, ""));
  }
  if (!context.problems.empty()) {
    return tl::unexpected<std::vector<ConfigError>>(errors_in_order(std::move(context.problems), file_name));
  }
  return config;
}

tl::expected<Config, std::vector<ConfigError>> load_config(const std::string& path,
                                                           const Environment& environment,
                                                           const FileExists& file_exists) {
  const auto text = read_file(path, yaml::kLargestText);
  if (!text) {
    return tl::unexpected<std::vector<ConfigError>>({{.message = path + ": " + text.error()}});
  }
  return parse_config(*text, path, environment, file_exists);
}

}  // namespace iothub

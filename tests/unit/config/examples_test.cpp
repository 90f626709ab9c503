// The examples and the reference of all keys in config/ say what the program does.
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "config/config_loader.hpp"
#include "config/keys.hpp"

namespace iothub {
namespace {

const std::string kFolder = EXAMPLES_DIR;

std::optional<std::string> variable(const std::string& name) {
  static const std::map<std::string, std::string> variables{
      {"AZURE_TENANT_ID", "0c4b4a1e-3c64-4a57-8f4a-1d2f3a4b5c6d"},
      {"AZURE_CLIENT_ID", "7f0d1c2b-5a69-4788-97a6-b5c4d3e2f1a0"},
      {"AZURE_CLIENT_SECRET", "secret"},
  };
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

class Example : public testing::TestWithParam<const char*> {};

TEST_P(Example, SaysTheDefaults) {
  const auto config = load_config(kFolder + "/" + GetParam(), variable);
  ASSERT_TRUE(config) << config.error().front().message;
  const CloudOptions cloud;
  EXPECT_EQ(config->cloud.resource_manager_endpoint, kClouds.front().resource_manager_endpoint);
  EXPECT_EQ(config->cloud.authority_host, kClouds.front().authority_host);
  EXPECT_EQ(config->cloud.scope, std::string(kClouds.front().resource_manager_endpoint) + "/.default");
  EXPECT_EQ(config->cloud.api_version, cloud.api_version);
  const HttpOptions http;
  EXPECT_EQ(config->http.connect_timeout, http.connect_timeout);
  EXPECT_EQ(config->http.request_timeout, http.request_timeout);
  EXPECT_EQ(config->http.ca_file, http.ca_file);
  const PollOptions poll;
  EXPECT_EQ(config->poll.discovery_interval, poll.discovery_interval);
  EXPECT_EQ(config->poll.request_timeout, poll.request_timeout);
  EXPECT_EQ(config->poll.concurrency, poll.concurrency);
  EXPECT_EQ(config->poll.stale_after, poll.stale_after);
  EXPECT_EQ(config->poll.reads.per_second, poll.reads.per_second);
  EXPECT_EQ(config->poll.reads.burst, poll.reads.burst);
  const JobDetailsOptions details;
  EXPECT_EQ(config->job_details.enabled, details.enabled);
  EXPECT_EQ(config->job_details.finished_within, details.finished_within);
  EXPECT_EQ(config->job_details.max_per_hub, details.max_per_hub);
  EXPECT_EQ(config->job_details.max_total, details.max_total);
  const HubOptions hub;
  ASSERT_EQ(config->hubs.size(), 1U);
  EXPECT_EQ(config->hubs[0].credential, hub.credential);
  EXPECT_EQ(config->hubs[0].interval, hub.interval);
  EXPECT_EQ(config->hubs[0].active_interval, hub.active_interval);
  EXPECT_EQ(config->hubs[0].jobs, hub.jobs);
  EXPECT_EQ(config->hubs[0].expect, hub.expect);
  EXPECT_EQ(config->credentials.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Files, Example, testing::Values("minimal.yaml", "exporter.yaml"),
                         [](const auto& test) {
                           return std::string(test.param).substr(0, std::string(test.param).find('.'));
                         });

std::string content(const std::string& name) {
  std::ifstream file(kFolder + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "polling.interval", "hubs[].expect[].job_type": every key whose value is no further map.
std::set<std::string> known_keys() {
  std::set<std::string> paths;
  for (const keys::Group& group : keys::kGroups) {
    for (const std::string_view key : group.known) {
      paths.insert(group.path.empty() ? std::string(key) : std::string(group.path) + "." + std::string(key));
    }
  }
  for (const keys::Group& group : keys::kGroups) {
    for (const std::string_view ending : {"", "[]", ".<name>"}) {
      if (group.path.ends_with(ending)) {
        paths.erase(std::string(group.path.substr(0, group.path.size() - ending.size())));
      }
    }
  }
  return paths;
}

// The first column of the tables of keys.
std::set<std::string> documented_keys() {
  std::set<std::string> paths;
  std::ifstream file(kFolder + "/README.md");
  bool is_table_of_keys = false;
  for (std::string line; std::getline(file, line);) {
    is_table_of_keys = line.starts_with("| key |") || (is_table_of_keys && line.starts_with("|"));
    if (is_table_of_keys && line.starts_with("| `")) {
      paths.insert(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return paths;
}

TEST(ConfigReference, HasEveryKeyAndNoOther) {
  EXPECT_EQ(documented_keys(), known_keys());
}

// The blocks of YAML in README.md, each by the line that it begins in.
std::map<int, std::string> documented_examples() {
  std::map<int, std::string> examples;
  std::ifstream file(kFolder + "/README.md");
  int start = 0;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("```")) {
      start = line == "```yaml" ? number + 1 : 0;
    } else if (start != 0) {
      examples[start] += line + "\n";
    }
  }
  return examples;
}

TEST(ConfigReference, HasExamplesThatOnlyLackTheirFiles) {
  const auto examples = documented_examples();
  EXPECT_GE(examples.size(), 7U);  // one per type of credential
  for (const auto& [line, text] : examples) {
    const auto config = parse_config(text, "README.md", variable, [](const std::string&) { return false; });
    for (const ConfigError& error : config ? std::vector<ConfigError>{} : config.error()) {
      EXPECT_NE(error.message.find("cannot be read: No such file or directory"), std::string::npos)
          << "line " << line << ": " << error.message;
    }
  }
}

TEST(ConfigExample, MentionsEveryKey) {
  const std::string example = content("exporter.yaml");
  for (const keys::Group& group : keys::kGroups) {
    for (const std::string_view key : group.known) {
      EXPECT_NE(example.find(std::string(key) + ":"), std::string::npos) << group.path << "." << key;
    }
  }
}

}  // namespace
}  // namespace iothub

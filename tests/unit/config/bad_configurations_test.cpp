// Configurations that must be refused, each a file in bad/ beside the messages that its owner gets.
// UPDATE_GOLDEN=1 rewrites the messages; review decides.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_loader.hpp"

namespace iothub {
namespace {

namespace fs = std::filesystem;

const char* const kSecret = "s3cr3t~Never.Shown";

fs::path folder() {
  return fs::path(CONFIG_TEST_DIR) / "bad";
}

std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::optional<std::string> variable(const std::string& name) {
  static const std::map<std::string, std::string> variables{
      {"AZURE_TENANT_ID", "0c4b4a1e-3c64-4a57-8f4a-1d2f3a4b5c6d"},
      {"AZURE_CLIENT_ID", "7f0d1c2b-5a69-4788-97a6-b5c4d3e2f1a0"},
      {"AZURE_CLIENT_SECRET", kSecret},
      {"EMPTY", ""},
  };
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

// One line per message, without the folder of this machine.
std::string messages(const fs::path& path) {
  const auto config = parse_config(content(path), path.string(), variable);
  std::string lines;
  if (!config) {
    for (const ConfigError& error : config.error()) {
      lines += error.message + "\n";
    }
  }
  for (const std::string& prefix : {folder().string() + "/", std::string(CONFIG_TEST_DIR) + "/"}) {
    for (auto at = lines.find(prefix); at != std::string::npos; at = lines.find(prefix)) {
      lines.erase(at, prefix.size());
    }
  }
  return lines;
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

class BadConfiguration : public testing::TestWithParam<std::string> {};

TEST_P(BadConfiguration, IsRefusedInTheseWords) {
  const fs::path yaml = folder() / (GetParam() + ".yaml");
  const fs::path golden = folder() / (GetParam() + ".error");
  const std::string actual = messages(yaml);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream(golden, std::ios::binary) << actual;
  }
  EXPECT_NE(actual, "");
  EXPECT_EQ(actual, content(golden));
  EXPECT_THAT(actual, testing::Not(testing::HasSubstr("s3cr3t")));
}

INSTANTIATE_TEST_SUITE_P(Files, BadConfiguration, testing::ValuesIn(names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace iothub

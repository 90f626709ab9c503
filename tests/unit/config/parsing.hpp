// Configurations in tests: text and variables in, a Config or the messages out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config_loader.hpp"

namespace iothub {

inline const std::string kSubscription = "91d12660-3dec-467a-be2a-213b5544ddc0";
inline const std::string kTenant = "0c4b4a1e-3c64-4a57-8f4a-1d2f3a4b5c6d";
inline const std::string kClient = "7f0d1c2b-5a69-4788-97a6-b5c4d3e2f1a0";

inline std::string resource_id(const std::string& name) {
  return "/subscriptions/" + kSubscription + "/resourceGroups/group/providers/Microsoft.Devices/IotHubs/" +
         name;
}

inline std::string hub(const std::string& name) {
  return "hubs: [{resource_id: " + resource_id(name) + "}]\n";
}

using Variables = std::map<std::string, std::string>;

inline const Variables& service_principal() {
  static const Variables variables{{"AZURE_TENANT_ID", kTenant},
                                   {"AZURE_CLIENT_ID", kClient},
                                   {"AZURE_CLIENT_SECRET", "from-the-environment"}};
  return variables;
}

inline Variables with(Variables variables, const std::string& name, const std::string& value) {
  variables[name] = value;
  return variables;
}

// On a machine without the agent of Azure Arc, unless `file_exists` has another one.
inline auto parsed(
    const std::string& text, const Variables& variables = service_principal(),
    const FileExists& file_exists = [](const std::string&) { return false; }) {
  return parse_config(
      text, "exporter.yaml",
      [&](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      file_exists);
}

inline std::vector<std::string> errors(const std::string& text,
                                       const Variables& variables = service_principal()) {
  const auto config = parsed(text, variables);
  std::vector<std::string> messages;
  if (!config) {
    for (const ConfigError& error : config.error()) {
      messages.push_back(error.message);
    }
  }
  return messages;
}

inline Config good(const std::string& text, const Variables& variables = service_principal()) {
  auto config = parsed(text, variables);
  EXPECT_THAT(errors(text, variables), testing::IsEmpty());
  return config.value_or(Config{});
}

// The one method of `credential`.
template <typename Options>
Options method(const CredentialOptions& credential) {
  EXPECT_EQ(credential.methods.size(), 1U);
  const auto* options =
      credential.methods.empty() ? nullptr : std::get_if<Options>(credential.methods.data());
  EXPECT_NE(options, nullptr);
  return options == nullptr ? Options{} : *options;
}

// The credential that `keys`, the inside of a flow map, describe.
inline CredentialOptions credential(const std::string& keys, const Variables& variables = {}) {
  const auto config = good("credentials: {default: {" + keys + "}}\n" + hub("testHub"), variables);
  return config.credentials.empty() ? CredentialOptions{} : config.credentials[0];
}

// What is wrong with it.
inline std::vector<std::string> credential_errors(const std::string& keys, const Variables& variables = {}) {
  return errors("credentials: {default: {" + keys + "}}\n" + hub("testHub"), variables);
}

}  // namespace iothub

// An exporter that logs in to the simulated Azure in any of the ways there are.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include "integration/exporter_fixture.hpp"
#include "support/client_key.hpp"

namespace iothub {

inline constexpr auto* kTenant = "6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11";
inline constexpr auto* kClient = "2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822";
inline constexpr auto* kIdentity = "5d9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f";
inline constexpr auto* kIdentityResource =
    "/subscriptions/91d12660-3dec-467a-be2a-213b5544ddc0/resourceGroups/myResourceGroup/providers/"
    "Microsoft.ManagedIdentity/userAssignedIdentities/exporter";
inline constexpr auto* kIdentityHeader = "h3ader-of-the-site";

inline const ClientKey& registered_key() {
  static const ClientKey key;
  return key;
}

inline std::string indented(const std::string& text, int spaces) {
  std::string result(static_cast<std::size_t>(spaces), ' ');
  for (const char c : text) {
    result += c;
    if (c == '\n') {
      result.append(static_cast<std::size_t>(spaces), ' ');
    }
  }
  return result;
}

class LoginFixture : public ExporterFixture {
 protected:
  using Variables = Program::Variables;

  // One client with a secret, a certificate and a federated credential, at Entra ID and at an AD FS server,
  // and two managed identities. The hubs belong to `tenant`.
  void start_azure(const std::string& more = "", const std::string& tenant = kTenant) {
    const std::string client =
        std::string("      - id: ") + kClient +
        "\n        secret: s3cret-of-the-test\n        certificates:\n          - |\n" +
        indented(registered_key().certificate_pem(), 12) +
        "\n        federated_credentials:\n"
        "          - {issuer: 'https://oidc.example/', subject: 'system:exporter'}\n";
    std::string scenario = kScenario;
    const auto tenants = scenario.find("tenants:");
    const auto subscriptions = scenario.find("subscriptions:");
    scenario.replace(tenants, subscriptions - tenants,
                     std::string("tenants:\n  - id: ") + kTenant + "\n    clients:\n" + client +
                         "  - id: adfs\n    clients:\n" + client);
    const std::string name = "    name: test\n";
    scenario.insert(scenario.find(name) + name.size(), "    tenant: " + tenant + "\n");
    start_simulator(scenario + "identities:\n  - {client_id: " + kIdentity +
                    ", object_id: 11111111-1111-4111-8111-111111111111, resource_id: " + kIdentityResource +
                    "}\n"
                    "  - {client_id: 22222222-2222-4222-8222-222222222222, system_assigned: true}\n"
                    "identity_header: " +
                    kIdentityHeader + "\n" + more);
    secrets.insert(secrets.end(), {kIdentityHeader, "p@ssphrase"});
  }

  [[nodiscard]] std::string origin() const { return simulator->origin(); }

  static std::string principal(const std::string& type) {
    return "type: " + type + "\n    tenant_id: " + kTenant + "\n    client_id: " + kClient;
  }

  // A token of the cluster, in a file.
  std::string federated_token(const std::string& subject = "system:exporter") const {
    return write("token",
                 simulator->service().federated_token({.issuer = "https://oidc.example/", .subject = subject},
                                                      azure_simulator::system_clock()()));
  }

  // A folder with a program `az` in it, as $PATH.
  std::string path_with_az(const std::string& script) const {
    std::filesystem::create_directory(path("bin"));
    const std::string file = write("bin/az", "#!/bin/sh\n" + script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return path("bin") + ":/usr/bin:/bin";
  }

  // A token such as `az` would print: whoever is logged in there has one.
  std::string token_of_client() const {
    httplib::SSLClient entra("127.0.0.1", simulator->port());
    entra.enable_server_certificate_verification(false);
    const httplib::Params form{{"grant_type", "client_credentials"},
                               {"client_id", kClient},
                               {"client_secret", "s3cret-of-the-test"},
                               {"scope", "https://management.azure.com/.default"}};
    const auto answer = entra.Post(std::string("/") + kTenant + "/oauth2/v2.0/token", form);
    const std::string name = "\"access_token\":\"";
    const auto begin = answer ? answer->body.find(name) + name.size() : 0;
    return answer ? answer->body.substr(begin, answer->body.find('"', begin) - begin) : "";
  }

  [[nodiscard]] std::uint64_t requests(const std::string& operation) const {
    const auto counts = simulator->service().request_counts();
    const auto found = counts.find(operation);
    return found == counts.end() ? 0 : found->second;
  }

  // How many lines of the log hold all of these.
  [[nodiscard]] int lines_with(const std::vector<std::string>& texts) const {
    int count = 0;
    std::istringstream lines(exporter->output());
    for (std::string line; std::getline(lines, line);) {
      count += std::ranges::all_of(
          texts, [&](const std::string& text) { return line.find(text) != std::string::npos; });
    }
    return count;
  }

  // The exporter logs in by `method` and polls a hub.
  void expect_login(const std::string& configuration, const Variables& variables, const std::string& method) {
    start_exporter(configuration, variables);
    const auto login = exporter->line_with("msg=\"logged in\"");
    ASSERT_TRUE(login) << exporter->output();
    EXPECT_NE(login->find("credential=default method=" + method), std::string::npos) << *login;
    ASSERT_TRUE(exporter->line_with("msg=polled hub=testHub")) << exporter->output();
    EXPECT_EQ(value(metrics(), "azure_iothub_up{hub=\"testHub\"}"), "1");
  }
};

}  // namespace iothub

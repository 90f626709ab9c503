// The real program against the simulated Azure over TLS, both on ports of their own.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>
#include <unistd.h>

#include "simulator/scenario_loader.hpp"
#include "simulator/simulator.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {

// Two hubs with a history each; time passes as it does.
inline constexpr auto* kScenario = R"yaml(
seed: integration
tenants:
  - id: 6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11
    clients:
      - {id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822, secret: s3cret-of-the-test}
subscriptions:
  - id: 91d12660-3dec-467a-be2a-213b5544ddc0
    name: test
    groups:
      - name: myResourceGroup
        hubs:
          - name: testHub
            jobs:
              - {id: e-1, type: export, status: failed, ended_ago: 1h, duration: 7s, failure_reason: no access}
              - {id: i-1, type: import, status: running, started_ago: 10m}
          - name: otherHub
            jobs:
              - {id: e-2, type: export, status: completed, ended_ago: 2h, duration: 70s}
)yaml";

class ExporterFixture : public testing::Test {
 protected:
  ExporterFixture() = default;
  ~ExporterFixture() override { exporter.reset(); }

  // Whatever a test was about: nothing that the exporter wrote, on its log or on a page, holds a secret, a
  // token or an assertion.
  void TearDown() override {
    if (exporter) {
      read_ += exporter->everything_written();
    }
    if (simulator) {
      std::ranges::copy(simulator->service().secrets(), std::back_inserter(secrets));
    }
    for (const std::string& secret : secrets) {
      EXPECT_EQ(read_.find(secret), std::string::npos) << "a secret was shown";
    }
  }
  ExporterFixture(const ExporterFixture&) = delete;
  ExporterFixture& operator=(const ExporterFixture&) = delete;

  void start_simulator(const std::string& scenario = kScenario) {
    auto loaded = azure_simulator::load_scenario(scenario, "scenario");
    ASSERT_TRUE(loaded) << loaded.error();
    auto started = azure_simulator::Simulator::start({.scenario = *std::move(loaded)});
    ASSERT_TRUE(started) << started.error();
    simulator = *std::move(started);
    write("ca.pem", simulator->ca_pem());
  }

  // A configuration for both hubs that polls every second; `more` is appended.
  [[nodiscard]] std::string config(const std::string& secret = "s3cret-of-the-test",
                                   const std::string& more = hubs()) const {
    return config_with(
        "type: client_secret\n    tenant_id: 6c1f8f0e-41d5-4b0a-9a4c-0d6b3a7f2e11\n"
        "    client_id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822\n    client_secret: " +
            secret,
        more);
  }

  // The same with any default credential; its lines after the first are indented by four.
  [[nodiscard]] std::string config_with(const std::string& credential,
                                        const std::string& more = hubs()) const {
    return "azure:\n  resource_manager_endpoint: " + simulator->origin() +
           "\n  authority_host: " + simulator->origin() +
           "\n  ca_file: ca.pem\n"
           "credentials:\n  default:\n    " +
           credential +
           "\npolling:\n  interval: 1s\n  active_interval: 1s\n  connect_timeout: " + request_timeout +
           "\n  request_timeout: " + request_timeout + "\n" + more;
  }

  static std::string hub(const std::string& name) {
    return "  - resource_id: "
           "/subscriptions/91d12660-3dec-467a-be2a-213b5544ddc0/resourceGroups/myResourceGroup/"
           "providers/Microsoft.Devices/IotHubs/" +
           name + "\n";
  }
  static std::string hubs() { return "hubs:\n" + hub("testHub") + hub("otherHub"); }

  // Starts the exporter on a free port and waits until it listens.
  void start_exporter(const std::string& configuration, const Program::Variables& variables = {}) {
    write("exporter.yaml", configuration);
    if (exporter) {
      saw(exporter->everything_written());
    }
    exporter = std::make_unique<Program>(
        IOTHUB_EXPORTER,
        std::vector<std::string>{"--config.file=" + path("exporter.yaml"), "--web.listen-address=127.0.0.1:0",
                                 "--log.level=debug"},
        variables);
    const auto line = exporter->line_with("msg=listening");
    ASSERT_TRUE(line) << exporter->output();
    const auto address = line->substr(line->find("127.0.0.1:"));
    port_ = std::stoi(address.substr(address.find(':') + 1));
  }

  // The text of a page, with its status in front if it is not 200.
  [[nodiscard]] std::string get(const std::string& target) const {
    httplib::Client client("127.0.0.1", port_);
    const auto response = client.Get(target);
    if (!response) {
      return "no answer: " + httplib::to_string(response.error());
    }
    read_ += response->body;
    return (response->status == 200 ? "" : std::to_string(response->status) + " ") + response->body;
  }

  // Something that the exporter showed, beside its log and its pages.
  void saw(const std::string& text) const { read_ += text; }

  [[nodiscard]] std::string metrics() const { return get("/metrics"); }

  // The value of one series as it stands on the page, empty if it is not there.
  [[nodiscard]] static std::string value(const std::string& page, const std::string& series) {
    const auto at = page.find("\n" + series + " ");
    if (at == std::string::npos) {
      return {};
    }
    const auto from = at + series.size() + 2;
    return page.substr(from, page.find('\n', from) - from);
  }

  void set_faults(const std::string& yaml) const {
    auto faults = azure_simulator::load_faults(yaml, "faults");
    ASSERT_TRUE(faults) << faults.error();
    simulator->service().set_faults(*std::move(faults));
  }

  std::string write(const std::string& name, const std::string& content) const {
    return folder_.write(name, content);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

  std::unique_ptr<azure_simulator::Simulator> simulator;
  std::unique_ptr<Program> exporter;
  // What nothing but a fault reaches, on a busy machine and with sanitizers as well. For config().
  std::string request_timeout = "20s";
  std::vector<std::string> secrets{"s3cret-of-the-test"};  // beside those that the simulator knows

 private:
  TemporaryFolder folder_;
  mutable std::string read_;  // all that anybody could see of the exporter
  int port_ = 0;
};

}  // namespace iothub

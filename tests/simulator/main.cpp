// The program iothub_simulator: a simulated Azure for the demo and for tests in other languages.
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <pthread.h>

#include "simulator/default_scenario.hpp"
#include "simulator/scenario_loader.hpp"
#include "simulator/simulator.hpp"

namespace {

using azure_simulator::Scenario;
using azure_simulator::Simulator;

constexpr int kBadUse = 2;

struct Flags {
  std::string listen_address = "127.0.0.1:0";
  std::string scenario_file;
  std::string ca_file;
  double time_scale = 0;  // 0: what the scenario says
};

// "host:port", "[::1]:port" or ":port".
std::optional<std::pair<std::string, int>> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  int port = -1;
  if (!CLI::detail::lexical_cast(address.substr(colon + 1), port) || port < 0 || port > 65535) {
    return std::nullopt;
  }
  return std::pair(host.empty() ? "0.0.0.0" : host, port);
}

tl::expected<Scenario, std::string> read_scenario(const Flags& flags) {
  if (flags.scenario_file.empty()) {
    return azure_simulator::load_scenario(azure_simulator::default_scenario(), "default scenario");
  }
  std::ostringstream text;
  std::ifstream file(flags.scenario_file, std::ios::binary);
  text << file.rdbuf();  // of a directory nothing, and no exception
  if (!file || !text) {
    return tl::unexpected<std::string>(flags.scenario_file + ": cannot be read, or is empty");
  }
  return azure_simulator::load_scenario(text.str(), flags.scenario_file);
}

// A reader sees either no file or a whole one.
bool write_atomically(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    if (!file) {
      return false;
    }
  }
  return std::rename(fresh.c_str(), path.c_str()) == 0;
}

int fail(const std::string& message, int code) {
  std::cerr << message << '\n';
  return code;
}

int run(const Flags& flags) {
  const auto address = split_address(flags.listen_address);
  if (!address) {
    return fail("--listen-address: '" + flags.listen_address + "' is not host:port", kBadUse);
  }
  auto scenario = read_scenario(flags);
  if (!scenario) {
    return fail(scenario.error(), kBadUse);
  }
  if (flags.time_scale > 0) {
    scenario->time_scale = flags.time_scale;
  }
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before the first thread, which inherits it
  auto simulator =
      Simulator::start({.scenario = *std::move(scenario), .host = address->first, .port = address->second});
  if (!simulator) {
    return fail(simulator.error(), 1);
  }
  if (!flags.ca_file.empty() && !write_atomically(flags.ca_file, (*simulator)->ca_pem())) {
    return fail(flags.ca_file + ": cannot be written", 1);
  }
  std::cout << "listening " << (*simulator)->origin() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

int run_program(int argc, char** argv) {
  CLI::App app("Simulates Azure: Entra ID and the Resource Manager of IoT Hub on one https origin.");
  Flags flags;
  app.add_option("--listen-address", flags.listen_address, "host:port; port 0 picks one")
      ->capture_default_str();
  app.add_option("--scenario", flags.scenario_file, "YAML file; without one, a lively world of five hubs");
  app.add_option("--ca-file", flags.ca_file,
                 "where to write the authority of the server's certificate, as PEM");
  app.add_option("--time-scale", flags.time_scale, "simulated seconds per second; overrides the scenario's")
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadUse;
  }
  return run(flags);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    return 1;
  }
}

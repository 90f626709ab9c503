// The command line: what is asked of this run, from flags and from the environment behind them.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/log.hpp"
#include "core/stderr_log.hpp"

namespace iothub {

enum class Command : std::uint8_t { run, check, healthcheck };

struct Flags {
  Command command = Command::run;
  bool is_live = false;  // of Command::check
  std::string config_file = "exporter.yaml";
  std::vector<std::string> listen_addresses{":10468"};
  std::string telemetry_path = "/metrics";
  std::string storage_path;  // the ledger's folder; empty = in memory
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;
};

// There is nothing to run: the text was asked for (--help, --version), or the flags are wrong.
struct FlagsText {
  int exit_code = 0;
  std::string text;
};

std::variant<Flags, FlagsText> parse_flags(int argc, const char* const* argv);

}  // namespace iothub

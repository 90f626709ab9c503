#include "main/flags.hpp"

#include <cctype>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>

#include "main/version.hpp"
#include "web/listen_address.hpp"
#include "web/site.hpp"

namespace iothub {

namespace {

// --web.listen-address is also $IOTHUB_JOB_EXPORTER_WEB_LISTEN_ADDRESS; the flag wins.
std::string variable_of(std::string_view flag) {
  std::string name = "IOTHUB_JOB_EXPORTER_";
  for (const char c : flag.substr(2)) {
    name += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

template <typename T>
CLI::Option* add_flag_with_value(CLI::App& app, const std::string& flag, T& value, const std::string& help) {
  return app.add_option(flag, value, help)->envname(variable_of(flag))->capture_default_str();
}

// An enumeration by the names of its values. (CLI11 would find our to_string for it, which gives no
// std::string.)
template <typename Enum>
void add_choice(CLI::App& app, const std::string& flag, Enum& value,
                const std::map<std::string, Enum>& choices, const std::string& help) {
  app.add_option_function<std::string>(
         flag, [&value, choices](const std::string& name) { value = choices.at(name); }, help)
      ->envname(variable_of(flag))
      ->check(CLI::IsMember(choices))
      ->type_name("NAME");
}

std::string check_path(const std::string& path) {
  const auto checked = check_telemetry_path(path);
  return checked ? std::string{} : checked.error().message;
}

std::string check_address(const std::string& address) {
  const auto parsed = parse_listen_address(address);
  return parsed ? std::string{} : parsed.error().message;
}

void declare(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version",
                       "iothub_job_exporter " + std::string(kVersion) + " (revision " +
                           std::string(kRevision) + ", " + std::string(kCompiler) + ")",
                       "Show the version and exit");
  app.set_help_flag("-h,--help", "Show this text and exit");
  add_flag_with_value(app, "--config.file", flags.config_file, "The configuration")->type_name("FILE");
  add_flag_with_value(app, "--web.listen-address", flags.listen_addresses,
                      "Where to serve: host:port, :port or [::1]:port; port 0 picks one; repeatable")
      ->type_name("ADDRESS")
      ->delimiter(',')
      ->check(check_address)
      ->allow_extra_args(false);
  add_flag_with_value(app, "--web.telemetry-path", flags.telemetry_path, "The path of the metrics")
      ->type_name("PATH")
      ->check(check_path);
  add_flag_with_value(
      app, "--storage.path", flags.storage_path,
      "The folder of the ledger, which remembers the jobs that have been counted; without it, "
      "that is forgotten when the exporter ends")
      ->type_name("FOLDER");
  add_choice<LogLevel>(app, "--log.level", flags.log_level,
                       {{"debug", LogLevel::debug},
                        {"info", LogLevel::info},
                        {"warn", LogLevel::warn},
                        {"error", LogLevel::error}},
                       "The least severe messages to log: debug, info, warn or error [info]");
  add_choice<LogFormat>(app, "--log.format", flags.log_format,
                        {{"logfmt", LogFormat::logfmt}, {"json", LogFormat::json}},
                        "How log lines are written: logfmt or json [logfmt]");
  app.fallthrough();  // before the subcommands, which inherit it: flags may follow their name
  CLI::App* check =
      app.add_subcommand("check", "Validate the configuration and exit: 0 if it is good, 2 if not");
  check->add_flag(
      "--live", flags.is_live,
      "Also fetch a token for each credential and read one page of each hub; say what is missing, and exit "
      "with 1 if something is");
  check->callback([&flags] { flags.command = Command::check; });
  app.add_subcommand("healthcheck", "Ask the running exporter's /-/healthy and exit: 0 if it is, 1 if not")
      ->callback([&flags] { flags.command = Command::healthcheck; });
  app.require_subcommand(0, 1);
  app.footer(
      "Every flag is also an environment variable: --web.listen-address is "
      "IOTHUB_JOB_EXPORTER_WEB_LISTEN_ADDRESS. A flag wins.\n"
      "SIGTERM and SIGINT end the exporter within two seconds.\n"
      "Exit codes: 0 ok, 1 failure at run time, 2 bad flags or configuration, 3 the address is taken.");
}

}  // namespace

std::variant<Flags, FlagsText> parse_flags(int argc, const char* const* argv) {
  Flags flags;
  CLI::App app("Exports the jobs of Azure IoT Hubs to Prometheus.", "iothub_job_exporter");
  declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return FlagsText{.exit_code = 0, .text = app.help()};
  } catch (const CLI::CallForVersion& version) {
    return FlagsText{.exit_code = 0, .text = std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return FlagsText{
        .exit_code = 2,
        .text = "iothub_job_exporter: " + std::string(error.what()) + "\nSee --help for the flags.\n"};
  }
  return flags;
}

}  // namespace iothub

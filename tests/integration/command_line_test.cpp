// Flags, exit codes and what a person reads when something is wrong with them.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/exporter_fixture.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

struct Outcome {
  int exit_code;
  std::string output;
};

class CommandLineTest : public ExporterFixture {
 protected:
  Outcome run(std::vector<std::string> flags, const Program::Variables& variables = {}) {
    secrets.emplace_back("hush");
    Program program(IOTHUB_EXPORTER, std::move(flags), variables);
    const int code = program.exit_code();
    saw(program.output());
    return {code, program.output()};
  }

  Outcome run_with(const std::string& configuration) {
    return run({"--config.file=" + write("bad.yaml", configuration), "--web.listen-address=127.0.0.1:0"});
  }
};

constexpr auto* kCredential =
    "credentials:\n  default:\n    type: client_secret\n    tenant_id: contoso.example\n"
    "    client_id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822\n    client_secret: hush\n";

TEST_F(CommandLineTest, TellsItsVersionAndItsFlags) {
  const auto version = run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.output,
              MatchesRegex("iothub_job_exporter [0-9]+\\.[0-9]+\\.[0-9]+ \\(revision .*\\)\n"));
  const auto help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const auto* flag :
       {"--config.file", "--web.listen-address", "--web.telemetry-path", "--storage.path", "--log.level",
        "--log.format", "check", "healthcheck", "IOTHUB_JOB_EXPORTER_WEB_LISTEN_ADDRESS"}) {
    EXPECT_THAT(help.output, HasSubstr(flag));
  }
}

TEST_F(CommandLineTest, BadFlagsExitWithTwo) {
  for (const auto& flags : std::vector<std::vector<std::string>>{{"--no-such-flag"},
                                                                 {"--log.level=loud"},
                                                                 {"--web.telemetry-path=metrics"},
                                                                 {"stray"},
                                                                 {"check", "--web.listen-address=nowhere"},
                                                                 {"check", "--web.listen-address"}}) {
    const auto outcome = run(flags);
    EXPECT_EQ(outcome.exit_code, 2) << flags.front();
    EXPECT_THAT(outcome.output, HasSubstr("iothub_job_exporter: ")) << flags.front();
  }
}

TEST_F(CommandLineTest, BadConfigurationExitsWithTwoAndSaysWhere) {
  const std::string hub_line = hubs();
  const std::vector<std::pair<std::string, std::string>> cases{
      {kCredential + hub_line + "poling: {}\n", "bad.yaml:10:1: poling: "},
      {kCredential + hub_line + hub_line, "bad.yaml:10:1: hubs: "},
      {kCredential + hub_line + "polling:\n  concurrency: many\n", "bad.yaml:11:16: polling.concurrency: "},
      {kCredential + hub_line + "polling:\n  interval: soon\n", "bad.yaml:11:13: polling.interval: "},
      {std::string(kCredential) + "hubs:\n  - resource_id: /subscriptions/x\n",
       "bad.yaml:8:18: hubs[0].resource_id: "},
      {"credentials:\n  default:\n    type: client_secret\n    tenant_id: contoso.example\n"
       "    client_id: 2b7f53c9-8e0d-4d7c-b1a5-94e3c6f0a822\n    client_secret_file: /nowhere/secret\n" +
           hub_line,
       "bad.yaml:6:25: credentials.default.client_secret_file: "},
      {kCredential, "hubs"},
  };
  for (const auto& [configuration, expected] : cases) {
    const auto outcome = run_with(configuration);
    EXPECT_EQ(outcome.exit_code, 2) << configuration;
    EXPECT_THAT(outcome.output, HasSubstr(expected)) << configuration;
    EXPECT_THAT(outcome.output, HasSubstr("level=error")) << configuration;
    EXPECT_THAT(outcome.output, testing::Not(HasSubstr("hush"))) << configuration;
  }
}

TEST_F(CommandLineTest, AllMistakesAreReportedTogether) {
  const auto outcome =
      run({"check", "--config.file=" + write("bad.yaml", "polling:\n  interval: soon\n  stale_after: 5\n")});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("bad.yaml:2:13: polling.interval"));
  EXPECT_THAT(outcome.output, HasSubstr("bad.yaml:3:16: polling.stale_after"));
  EXPECT_THAT(outcome.output, HasSubstr("hubs"));
}

TEST_F(CommandLineTest, CheckSaysThatAConfigurationIsGood) {
  const auto outcome = run({"check", "--config.file=" + write("good.yaml", kCredential + hubs())});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_EQ(outcome.output, path("good.yaml") + ": good, 2 hubs\n");
}

TEST_F(CommandLineTest, AFileThatIsNotThereExitsWithTwo) {
  const auto outcome = run({"--config.file=/nowhere/exporter.yaml"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("/nowhere/exporter.yaml"));
  EXPECT_THAT(outcome.output, HasSubstr("No such file or directory"));
}

TEST_F(CommandLineTest, ATakenAddressExitsWithThree) {
  start_simulator();
  start_exporter(config());
  const auto line = exporter->output().substr(exporter->output().find("address=") + 8);
  const std::string address = line.substr(0, line.find(' '));
  const auto outcome = run({"--config.file=" + path("exporter.yaml"), "--web.listen-address=" + address});
  EXPECT_EQ(outcome.exit_code, 3) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr(address));
}

TEST_F(CommandLineTest, HealthcheckAsksTheRunningExporter) {
  start_simulator();
  start_exporter(config());
  const auto line = exporter->output().substr(exporter->output().find("address=") + 8);
  const std::string address = line.substr(0, line.find(' '));
  EXPECT_EQ(run({"healthcheck", "--web.listen-address=" + address}).exit_code, 0);
  EXPECT_EQ(run({"healthcheck"}, {{"IOTHUB_JOB_EXPORTER_WEB_LISTEN_ADDRESS", address}}).exit_code, 0);
  exporter->signal(SIGTERM);
  EXPECT_EQ(exporter->exit_code(), 0);
  const auto outcome = run({"healthcheck", "--web.listen-address=" + address});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.output, HasSubstr("refused"));
}

TEST_F(CommandLineTest, JsonLogLinesAreJson) {
  const auto outcome = run({"--config.file=/nowhere/exporter.yaml", "--log.format=json"});
  EXPECT_THAT(
      outcome.output,
      MatchesRegex("\\{\"ts\":\"[^\"]*\",\"level\":\"error\",\"msg\":\"[^\"]*\",\"err\":\".*\"\\}\n"));
}

}  // namespace
}  // namespace iothub

// `check --live`: what somebody reads who wants to know what is missing.
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "integration/login_fixture.hpp"

namespace iothub {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

class LiveCheckTest : public LoginFixture {
 protected:
  void SetUp() override { start_azure(); }

  // Runs the check to its end; returns the exit code.
  int check(const std::string& configuration) {
    exporter = std::make_unique<Program>(
        IOTHUB_EXPORTER, std::vector<std::string>{"check", "--live",
                                                  "--config.file=" + write("exporter.yaml", configuration)});
    return exporter->exit_code();
  }
  [[nodiscard]] const std::string& said() const { return exporter->output(); }
};

constexpr auto* kTestHub =
    "/subscriptions/91d12660-3dec-467a-be2a-213b5544ddc0/resourceGroups/myResourceGroup/providers/"
    "Microsoft.Devices/IotHubs/testHub";

TEST_F(LiveCheckTest, SaysWhatWorks) {
  EXPECT_EQ(check(config()), 0);
  EXPECT_THAT(said(), MatchesRegex(".*: good, 2 hubs\n"
                                   "credential default: good, by client_secret, its token lives for .*\n"
                                   "hub testHub: good, 2 jobs\n"
                                   "hub otherHub: good, 1 job\n"));
}

TEST_F(LiveCheckTest, NamesTheActionAndTheScopeThatAreMissing) {
  set_faults("[{operation: list_jobs, hub: testHub, status: 403}]");
  EXPECT_EQ(check(config()), 1);
  EXPECT_THAT(
      said(),
      AllOf(HasSubstr("hub testHub: no permission for Microsoft.Devices/iotHubs/jobs/Read on the scope " +
                      std::string(kTestHub)),
            HasSubstr("AuthorizationFailed"), HasSubstr("hub otherHub: good")));
}

TEST_F(LiveCheckTest, TellsARoleThatReadsJobsButNoHubs) {
  set_faults("[{operation: get_hub, hub: testHub, status: 403}]");
  EXPECT_EQ(check(config()), 1);
  EXPECT_THAT(said(), HasSubstr("hub testHub: its jobs can be read, but no permission for "
                                "Microsoft.Devices/iotHubs/Read on the scope " +
                                std::string(kTestHub)));
}

TEST_F(LiveCheckTest, NamesBothActionsToWhoeverHasNone) {
  set_faults("[{operation: [get_hub, list_jobs], hub: testHub, status: 403}]");
  EXPECT_EQ(check(config()), 1);
  EXPECT_THAT(said(), HasSubstr("no permission for Microsoft.Devices/iotHubs/Read and "
                                "Microsoft.Devices/iotHubs/jobs/Read on the scope"));
}

TEST_F(LiveCheckTest, SurvivesATokenThatArmDoesNotTake) {
  set_faults("[{operation: get_hub, status: 401}]");
  EXPECT_EQ(check(config()), 1);
  EXPECT_THAT(said(), AllOf(HasSubstr("hub testHub: get hub: HTTP 401"),
                            HasSubstr("hub otherHub: get hub: HTTP 401")));
}

TEST_F(LiveCheckTest, EndsWithWhatItStartedWhenItIsInterrupted) {
  ASSERT_EQ(mkfifo(path("pid").c_str(), 0600), 0);
  const std::string path_variable = path_with_az("echo $$ > " + path("pid") + "; exec sleep 600");
  write("exporter.yaml", config_with("type: azure_cli"));
  exporter = std::make_unique<Program>(
      IOTHUB_EXPORTER, std::vector<std::string>{"check", "--live", "--config.file=" + path("exporter.yaml")},
      Program::Variables{{"PATH", path_variable}});
  ASSERT_TRUE(exporter->line_with("good, 2 hubs"));
  std::string pid;
  std::ifstream(path("pid")) >> pid;  // waits until the script has begun
  exporter->signal(SIGINT);
  EXPECT_EQ(exporter->exit_code(), 1);
  EXPECT_NE(kill(std::stoi(pid), 0), 0) << "it still runs";
}

TEST_F(LiveCheckTest, TellsAHubThatIsNotThere) {
  EXPECT_EQ(check(config("s3cret-of-the-test", "hubs:\n" + hub("noHub"))), 1);
  EXPECT_THAT(said(), HasSubstr("hub noHub: there is no /subscriptions/"));
}

TEST_F(LiveCheckTest, TellsWhatEntraIdRefuses) {
  secrets.emplace_back("wr0ng");
  EXPECT_EQ(check(config("wr0ng")), 1);
  EXPECT_THAT(
      said(),
      AllOf(HasSubstr("credential default: Entra ID answered HTTP 401, AADSTS7000215: wrong client secret"),
            HasSubstr("hub testHub: not asked, the credential default has no token")));
  EXPECT_EQ(requests("token"), 1U);
}

TEST_F(LiveCheckTest, EndsWithTwoWhenTheConfigurationIsNotGood) {
  EXPECT_EQ(check(config() + "surprise: 1\n"), 2);
  EXPECT_THAT(said(), HasSubstr("surprise: unknown key"));
  EXPECT_EQ(requests("token"), 0U);
}

}  // namespace
}  // namespace iothub

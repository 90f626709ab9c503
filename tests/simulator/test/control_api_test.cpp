#include "simulator/control_api.hpp"

#include <gmock/gmock.h>

#include "simulator/test/world_fixture.hpp"

namespace azure_simulator {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kJobs = "/resourceGroups/plant/providers/Microsoft.Devices/IotHubs/green/jobs";

Reply post_job(WorldFixture& world, const std::string& body) {
  return world.send({.method = "POST", .target = "/simulator/jobs", .body = body});
}

TEST(ControlApi, AddsAJobThatLivesFromNowOn) {
  WorldFixture world;
  world.pass(std::chrono::hours{1});
  const Reply reply =
      post_job(world, R"({"hub": "green", "type": "import", "enqueued_for": "5s", "runs_for": "10s",
                                          "outcome": "failed", "failure_reason": "No space."})");
  EXPECT_EQ(reply.status, 201);
  EXPECT_THAT(reply.body, HasSubstr(R"("jobId":")"));
  EXPECT_THAT(world.read(kJobs).body, AllOf(HasSubstr(R"("startTimeUtc":"Mon, 23 Nov 2026 13:00:00 GMT")"),
                                            HasSubstr(R"("type":"import","status":"enqueued")")));
  world.pass(std::chrono::seconds{15});
  EXPECT_THAT(world.read(kJobs).body, HasSubstr(R"("status":"failed","failureReason":"No space.")"));
}

TEST(ControlApi, RefusesASecondActiveJobAsAzureDoes) {
  WorldFixture world;
  EXPECT_EQ(post_job(world, "hub: green").status, 201);
  EXPECT_EQ(post_job(world, "hub: green").status, 409);
  EXPECT_EQ(post_job(world, "{hub: green, type: firmwareUpdate}").status, 201);
}

TEST(ControlApi, SaysWhatIsWrongWithAJob) {
  WorldFixture world;
  EXPECT_THAT(post_job(world, "{hub: green, colour: red}").body,
              HasSubstr("body:1:22: 'colour' is not a key of a job"));
  EXPECT_EQ(post_job(world, "{hub: violet}").status, 409);
}

TEST(ControlApi, ReplacesAndClearsFaults) {
  WorldFixture world;
  EXPECT_EQ(world
                .send({.method = "PUT",
                       .target = "/simulator/faults",
                       .body = "- {operation: list_jobs, status: 500}"})
                .status,
            204);
  EXPECT_EQ(world.read(kJobs).status, 500);
  EXPECT_EQ(world.send({.method = "DELETE", .target = "/simulator/faults"}).status, 204);
  EXPECT_EQ(world.read(kJobs).status, 200);
}

TEST(ControlApi, KeepsTheOldFaultsWhenTheNewOnesAreWrong) {
  WorldFixture world;
  world.service().set_faults({{.operations = {"list_jobs"}, .status = 500}});
  EXPECT_EQ(
      world.send({.method = "PUT", .target = "/simulator/faults", .body = "[{action: explode}]"}).status,
      400);
  EXPECT_EQ(world.read(kJobs).status, 500);
}

TEST(ControlApi, TellsWhatWasAsked) {
  WorldFixture world;
  world.read(kJobs);
  const std::string body = world.send({.target = "/simulator/requests"}).body;
  EXPECT_THAT(body, HasSubstr(R"("counts":{"list_jobs":1,"token":1})"));
  EXPECT_THAT(body, HasSubstr(R"("hub":"green","client":")" + std::string(kReader) + R"(","status":200})"));
  world.send({.method = "DELETE", .target = "/simulator/requests"});
  EXPECT_EQ(world.send({.target = "/simulator/requests"}).body, R"({"counts":{},"recent":[]})");
}

TEST(ControlApi, ExpiresAllTokensAtOnce) {
  WorldFixture world;
  const std::string token = world.token();
  const std::string target = std::string(kSubscription) + kJobs + "?api-version=2023-06-30";
  EXPECT_EQ(world.get(target, token).status, 200);
  world.send({.method = "POST", .target = "/simulator/tokens/expire"});
  EXPECT_THAT(world.get(target, token).body, HasSubstr("ExpiredAuthenticationToken"));
  EXPECT_EQ(world.get(target, world.token()).status, 200);
}

TEST(ControlApi, ChangesWhatAClientHas) {
  WorldFixture world;
  const auto put = [&](std::string_view client, const std::string& body) {
    return world.send({.method = "PUT", .target = "/simulator/clients/" + std::string(client), .body = body});
  };
  const auto code = [&](const std::string& secret) {
    return world.ask_token(WorldFixture::form(kReader, secret)).body;
  };
  EXPECT_EQ(put(kReader, "secret: rotated").status, 204);
  EXPECT_THAT(code("s~e.c%2Br%2Ft"), HasSubstr("AADSTS7000215"));
  EXPECT_THAT(code("rotated"), HasSubstr("access_token"));
  EXPECT_EQ(put(kReader, R"({"secret_expired": true})").status, 204);
  EXPECT_THAT(code("rotated"), HasSubstr("AADSTS7000222"));
  EXPECT_EQ(put(kReader, "colour: red").body, R"({"error":"body:1:9: 'colour' is not a key of a client"})");
  EXPECT_EQ(put(kTenant, "secret: a").status, 404);
}

TEST(AzureService, KnowsWhatNobodyElseMaySee) {
  WorldFixture world("identity_header: of-the-site" + std::string(kWorld));
  const std::string token = world.token();
  const std::string federated = world.service().federated_token({.issuer = "i", .subject = "s"}, world.now());
  world.ask_token("client_assertion=a.b.c");
  ASSERT_TRUE(world.service().change_client(std::string(kReader), {.secret = "rotated"}));
  EXPECT_THAT(world.service().secrets(), testing::UnorderedElementsAre(token, federated, "a.b.c", "s~e.c+r/t",
                                                                       "rotated", "s", "of-the-site"));
}

TEST(ControlApi, DoesNotKnowOtherCommands) {
  WorldFixture world;
  EXPECT_EQ(world.send({.target = "/simulator/secrets"}).status, 404);
}

}  // namespace
}  // namespace azure_simulator

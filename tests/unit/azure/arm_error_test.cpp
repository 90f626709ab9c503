#include "azure/arm_error.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr auto* kFrontEnd =
    R"({"error":{"code":"AuthorizationFailed","message":"The client 'x' may not do 'Microsoft.Devices/iotHubs/read'."}})";
constexpr auto* kNoSuchJob =
    R"({"code":404011,"httpStatusCode":"NotFound","message":"Job not found with ID 'a'."})";
constexpr auto* kNoSuchJobBefore2018 =
    R"({"Code":"JobNotFound","HttpStatusCode":"NotFound","Message":"Job not found."})";

TEST(ArmError, ReadsAllThreeShapes) {
  EXPECT_EQ(parse_arm_error(kFrontEnd).code, "AuthorizationFailed");
  EXPECT_THAT(parse_arm_error(kFrontEnd).message, HasSubstr("Microsoft.Devices/iotHubs/read"));
  EXPECT_EQ(parse_arm_error(kNoSuchJob).code, "404011");
  EXPECT_EQ(parse_arm_error(kNoSuchJob).message, "Job not found with ID 'a'.");
  EXPECT_EQ(parse_arm_error(kNoSuchJobBefore2018).code, "JobNotFound");
  EXPECT_EQ(parse_arm_error(kNoSuchJobBefore2018).message, "Job not found.");
}

TEST(ArmError, KeepsTheStartOfAnythingElse) {
  EXPECT_EQ(parse_arm_error("").message, "");
  EXPECT_EQ(parse_arm_error("\"a bare text\"").message, "\"a bare text\"");
  EXPECT_EQ(parse_arm_error("<html>\r\n<b>502").message, "<html>  <b>502");
  EXPECT_EQ(parse_arm_error(std::string(5'000, 'x')).message.size(), 200U);
  EXPECT_EQ(parse_arm_error(R"({"unexpected":1})").message, R"({"unexpected":1})");
}

TEST(ArmError, ASignatureInAMessageIsNotShown) {
  const auto error = arm_error(
      {.status = 400,
       .headers = {},
       .body =
           R"({"code":400007,"message":"no access to https://x.blob/c?sv=1&SIG=abc%2Fdef&se=2 or sig%3dxyz"})"});
  EXPECT_THAT(error.message, HasSubstr("SIG=***&se=2 or sig%3d***"));
  EXPECT_THAT(error.message, Not(HasSubstr("abc")));
  EXPECT_THAT(error.message, Not(HasSubstr("xyz")));
}

TEST(ArmError, StatusesAreKinds) {
  const auto kind = [](int status) { return arm_error({.status = status, .headers = {}, .body = {}}).kind; };
  EXPECT_EQ(kind(401), ErrorKind::unauthorized);
  EXPECT_EQ(kind(403), ErrorKind::forbidden);
  EXPECT_EQ(kind(404), ErrorKind::not_found);
  EXPECT_EQ(kind(408), ErrorKind::timeout);
  EXPECT_EQ(kind(429), ErrorKind::throttled);
  for (const int status : {500, 502, 503, 504, 599}) {
    EXPECT_EQ(kind(status), ErrorKind::server_error) << status;
  }
  for (const int status : {201, 204, 301, 400, 409, 418, 600}) {
    EXPECT_EQ(kind(status), ErrorKind::bad_response) << status;
  }
}

TEST(ArmError, AMessageTellsStatusCodeTextAndRequestIds) {
  const auto error =
      arm_error({.status = 403,
                 .headers = {{"x-ms-request-id", "r-1"}, {"x-ms-correlation-request-id", "c-1"}},
                 .body = kFrontEnd});
  EXPECT_EQ(error.message,
            "HTTP 403 AuthorizationFailed: The client 'x' may not do 'Microsoft.Devices/iotHubs/read'. "
            "[x-ms-request-id r-1] [x-ms-correlation-request-id c-1]");
}

TEST(ArmError, PassesOnHowLongToWait) {
  const auto wait = [](std::string text) {
    return arm_error({.status = 429, .headers = {{"retry-after", std::move(text)}}, .body = {}}).retry_after;
  };
  EXPECT_EQ(wait("7"), std::chrono::seconds{7});
  EXPECT_EQ(wait("0"), std::chrono::seconds{1});
  EXPECT_EQ(wait("999999"), std::chrono::seconds{3600});
  EXPECT_EQ(wait("-1"), std::nullopt);
  EXPECT_EQ(wait("soon"), std::nullopt);
  EXPECT_EQ(wait(""), std::nullopt);
}

TEST(ArmError, OnlyTheHubsOwnWordMeansThatThereIsNoSuchJob) {
  EXPECT_TRUE(says_no_such_job({.status = 404, .headers = {}, .body = kNoSuchJob}));
  EXPECT_TRUE(says_no_such_job({.status = 404, .headers = {}, .body = kNoSuchJobBefore2018}));
  EXPECT_FALSE(says_no_such_job({.status = 400, .headers = {}, .body = kNoSuchJob}));
  EXPECT_FALSE(
      says_no_such_job({.status = 404, .headers = {}, .body = R"({"error":{"code":"ResourceNotFound"}})"}));
  EXPECT_FALSE(says_no_such_job({.status = 404, .headers = {}, .body = ""}));
}

}  // namespace
}  // namespace iothub

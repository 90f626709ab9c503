#include "auth/token_response.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

Result<AccessToken> parse(int status, std::string body) {
  return parse_token_response({.status = status, .headers = {}, .body = std::move(body)});
}

TEST(TokenResponse, ReadsNumbersAndTextsOfDigits) {
  for (const auto* body :
       {R"({"token_type":"Bearer","expires_in":3599,"refresh_in":1800,"access_token":"abc"})",
        R"({"token_type":"Bearer","expires_in":"3599","refresh_in":"1800","access_token":"abc"})"}) {
    const auto token = parse(200, body);
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(token->value.reveal(), "abc");
    EXPECT_EQ(token->lifetime, seconds{3599});
    EXPECT_EQ(token->refresh_in, seconds{1800});
  }
}

TEST(TokenResponse, HoldsLifetimesWithinBounds) {
  EXPECT_EQ(parse(200, R"({"expires_in":1,"access_token":"a"})")->lifetime, seconds{60});
  EXPECT_EQ(parse(200, R"({"expires_in":9000000000,"access_token":"a"})")->lifetime, seconds{86'400});
  EXPECT_EQ(parse(200, R"({"expires_in":3600,"access_token":"a"})")->refresh_in, seconds{0});
}

TEST(TokenResponse, AnAnswerWithoutAUsableTokenIsBad) {
  for (const auto* body :
       {"", "null", "[]", "<html>", R"({"expires_in":3600})", R"({"access_token":"a"})",
        R"({"expires_in":0,"access_token":"a"})", R"({"expires_in":-5,"access_token":"a"})",
        R"({"expires_in":"soon","access_token":"a"})", R"({"expires_in":3600,"access_token":""})",
        R"({"expires_in":3600,"access_token":"a\r\nx-evil: 1"})"}) {
    const auto token = parse(200, body);
    ASSERT_FALSE(token) << body;
    EXPECT_EQ(token.error().kind, ErrorKind::bad_response) << body;
  }
}

TEST(TokenResponse, ARefusalTellsTheCodeItsMeaningAndTheIds) {
  const auto token =
      parse(401, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret)"
                 R"( provided: hunter2","error_codes":[7000215],"trace_id":"t-1","correlation_id":"c-1"})");
  ASSERT_FALSE(token);
  EXPECT_EQ(token.error().kind, ErrorKind::unauthorized);
  EXPECT_EQ(
      token.error().message,
      "Entra ID answered HTTP 401, AADSTS7000215: wrong client secret, trace_id t-1, correlation_id c-1");
}

TEST(TokenResponse, AnUnknownCodeIsStillShownAndEntrasTextIsNot) {
  const auto token =
      parse(400, R"({"error":"invalid_request","error_description":"secret hunter2","error_codes":[999]})");
  EXPECT_THAT(token.error().message, HasSubstr("AADSTS999: the credential was refused"));
  EXPECT_THAT(token.error().message, Not(HasSubstr("hunter2")));
}

TEST(TokenResponse, OtherStatusesAreTheirKinds) {
  EXPECT_EQ(parse(429, "").error().kind, ErrorKind::throttled);
  EXPECT_EQ(parse(503, "<html>").error().kind, ErrorKind::server_error);
  EXPECT_EQ(parse(302, "").error().kind, ErrorKind::bad_response);
  EXPECT_EQ(parse(400, "").error().kind, ErrorKind::unauthorized);
}

}  // namespace
}  // namespace iothub

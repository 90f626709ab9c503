#include "auth/token_response.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr WallTime kNow{seconds{1'795'435'200}};

Result<AccessToken> parse(std::string body) {
  return parse_token({.status = 200, .headers = {}, .body = std::move(body)}, "Entra ID", kNow);
}

Error refusal(int status, std::string body) {
  return entra_refusal({.status = status, .headers = {}, .body = std::move(body)});
}

TEST(TokenResponse, ReadsNumbersAndTextsOfDigits) {
  for (const auto* body :
       {R"({"token_type":"Bearer","expires_in":3599,"refresh_in":1800,"access_token":"abc"})",
        R"({"token_type":"Bearer","expires_in":"3599","refresh_in":"1800","access_token":"abc"})"}) {
    const auto token = parse(body);
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(token->value.reveal(), "abc");
    EXPECT_EQ(token->lifetime, seconds{3599});
    EXPECT_EQ(token->refresh_in, seconds{1800});
  }
}

TEST(TokenResponse, HoldsLifetimesWithinBounds) {
  EXPECT_EQ(parse(R"({"expires_in":20,"access_token":"a"})")->lifetime, seconds{20});
  EXPECT_EQ(parse(R"({"expires_in":9000000000,"access_token":"a"})")->lifetime, seconds{86'400});
  EXPECT_EQ(parse(R"({"expires_in":3600,"access_token":"a"})")->refresh_in, seconds{0});
}

TEST(TokenResponse, AnAnswerWithoutAUsableTokenIsBad) {
  for (const auto* body :
       {"", "null", "[]", "<html>", R"({"expires_in":3600})", R"({"access_token":"a"})",
        R"({"expires_in":0,"access_token":"a"})", R"({"expires_in":-5,"access_token":"a"})",
        R"({"expires_in":"soon","access_token":"a"})", R"({"expires_in":3600,"access_token":""})",
        R"({"expires_in":3600,"access_token":"a\r\nx-evil: 1"})"}) {
    const auto token = parse(body);
    ASSERT_FALSE(token) << body;
    EXPECT_EQ(token.error().kind, ErrorKind::bad_response) << body;
  }
}

TEST(TokenResponse, ARefusalTellsTheCodeItsMeaningAndTheIds) {
  const Error error =
      refusal(401, R"({"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret)"
                   R"( provided: hunter2","error_codes":[7000215],"trace_id":"a-1","correlation_id":"c-1"})");
  EXPECT_EQ(error.kind, ErrorKind::unauthorized);
  EXPECT_EQ(
      error.message,
      "Entra ID answered HTTP 401, AADSTS7000215: wrong client secret [trace_id a-1] [correlation_id c-1]");
}

TEST(TokenResponse, AnUnknownCodeIsStillShownAndEntrasTextIsNot) {
  const Error error =
      refusal(400, R"({"error":"invalid_request","error_description":"secret hunter2","error_codes":[999]})");
  EXPECT_EQ(error.message, "Entra ID answered HTTP 400, AADSTS999");
  EXPECT_THAT(error.message, Not(HasSubstr("hunter2")));
}

TEST(TokenResponse, ARefusalRepeatsNothingThatMayHaveBeenSent) {
  EXPECT_EQ(refusal(400, R"({"error":"bad hunter2","trace_id":"hunter2","correlation_id":"c-1"})").message,
            "Entra ID answered HTTP 400 [correlation_id c-1]");
}

TEST(TokenResponse, TheIdsOfOneRefusalAreNotPartOfItsCause) {
  EXPECT_EQ(refusal(401, R"({"error_codes":[7000222],"trace_id":"a-1"})").cause(),
            "Entra ID answered HTTP 401, AADSTS7000222: the client secret has expired");
}

TEST(TokenResponse, OtherStatusesAreTheirKinds) {
  EXPECT_EQ(refusal(408, "").kind, ErrorKind::timeout);
  EXPECT_EQ(refusal(429, "").kind, ErrorKind::throttled);
  EXPECT_EQ(refusal(503, "<html>").kind, ErrorKind::server_error);
  EXPECT_EQ(refusal(302, "").kind, ErrorKind::bad_response);
  EXPECT_EQ(refusal(400, "").kind, ErrorKind::unauthorized);
}

TEST(TokenResponse, ReadsWhenATokenExpiresWhereNobodySaysHowLongItLives) {
  EXPECT_EQ(parse(R"({"access_token":"a","expires_on":"1795438800"})")->lifetime, seconds{3600});
  EXPECT_EQ(parse(R"({"access_token":"a","expires_on":1795438800})")->lifetime, seconds{3600});
  EXPECT_EQ(parse(R"({"access_token":"a","expires_on":"11/23/2026 1:00:00 PM +00:00"})")->lifetime,
            seconds{3600});
  EXPECT_FALSE(parse(R"({"access_token":"a","expires_on":"1795435200"})"));
}

TEST(TokenResponse, PrefersALifetimeToATimeForItNeedsNoClock) {
  EXPECT_EQ(parse(R"({"access_token":"a","expires_in":"7200","expires_on":"1"})")->lifetime, seconds{7200});
}

TEST(TokenResponse, EveryCodeThatIsDocumentedHasAMeaning) {
  for (const std::int64_t code : {7000215, 7000222, 7000218, 700016, 90002, 900023, 700027, 700021, 700023,
                                  50027, 70011, 500011, 50196, 700024, 70021, 700213}) {
    EXPECT_NE(meaning_of_aadsts(code), meaning_of_aadsts(1)) << code;
  }
}

TEST(IdentityRefusal, TellsWhatTheServiceSays) {
  const Error error = identity_refusal(
      {400, {}, R"({"error":"invalid_request","error_description":"Identity not found"})"}, "IMDS");
  EXPECT_EQ(error.kind, ErrorKind::unauthorized);
  EXPECT_EQ(error.message, "IMDS answered HTTP 400: invalid_request: Identity not found");
}

TEST(IdentityRefusal, IsOneShortLineWhateverTheServiceSays) {
  const Error error = identity_refusal(
      {500, {}, R"({"error":"a\u0007b","error_description":")" + std::string(1000, 'x') + R"(\nmore"})"},
      "IMDS");
  EXPECT_EQ(error.message, "IMDS answered HTTP 500: a b: " + std::string(200, 'x'));
  EXPECT_EQ(error.kind, ErrorKind::server_error);
}

TEST(IdentityRefusal, KnowsAServiceThatIsBeingUpdatedFromOneThatRefuses) {
  EXPECT_EQ(identity_refusal({410, {}, ""}, "IMDS").kind, ErrorKind::server_error);
  EXPECT_EQ(identity_refusal({404, {}, ""}, "IMDS").kind, ErrorKind::unauthorized);
  EXPECT_EQ(identity_refusal({429, {{"retry-after", "5"}}, ""}, "IMDS").retry_after, seconds{5});
}

}  // namespace
}  // namespace iothub

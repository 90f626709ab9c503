#include "http/server_text.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::Not;

class Hidden : public testing::TestWithParam<std::string> {};

TEST_P(Hidden, IsWhatOpensADoor) {
  const std::string shown = server_text("before " + GetParam() + " after", 300);
  EXPECT_THAT(shown, Not(HasSubstr("K3Y")));
  EXPECT_THAT(shown, HasSubstr("***"));
  EXPECT_THAT(shown, testing::AllOf(testing::StartsWith("before "), testing::EndsWith(" after")));
}

INSTANTIATE_TEST_SUITE_P(
    ServerText, Hidden,
    testing::Values("https://x.blob.core.windows.net/c?se=1&sig=K3Y%2Babc%3D", "SIG=K3Y",
                    "se%3D1%26sig%3DK3Y", "%2526sig%253DK3Y", R"(?se=1\u0026sig\u003dK3Y)",
                    "DefaultEndpointsProtocol=https;AccountKey=K3Y==",
                    "HostName=h;SharedAccessKeyName=n;SharedAccessKey=K3Y=", R"({"access_token":"K3Y"})",
                    R"("clientSecret" : "K3Y")", "client_secret=K3Y", "password: K3Y",
                    "Authorization: Bearer K3YK3YK3YK3YK3YK3YK3Y.x-_", "token eyJ0eXAiOiJ.K3Y.s_g-nature"));

TEST(ServerText, LeavesOtherWordsAlone) {
  for (const std::string text :
       {"The design = good, signature: wrong", "Bearer token is missing", "See https://x/y?z=1",
        "password is wrong", "HTTP 403 AuthorizationFailed"}) {
    EXPECT_EQ(server_text(text, 300), text);
  }
}

TEST(ServerText, IsOneLineOfValidUtf8AndShort) {
  EXPECT_EQ(server_text("a\r\nb\x01 c", 300), "a  b  c");
  EXPECT_EQ(server_text(std::string(1000, 'x'), 10), std::string(10, 'x'));
  EXPECT_EQ(server_text("\xff", 10), "\xEF\xBF\xBD");
  EXPECT_EQ(server_text("", 10), "");
}

}  // namespace
}  // namespace iothub

#include "http/url.hpp"

#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using testing::HasSubstr;

struct GoodUrl {
  std::string name;
  std::string text;
  Url url;
};

struct BadUrl {
  std::string name;
  std::string text;
  std::string complaint;
};

// gtest prints parameters, and looks for this name.
// NOLINTBEGIN(readability-identifier-naming)
void PrintTo(const GoodUrl& row, std::ostream* out) {
  *out << row.text;
}
void PrintTo(const BadUrl& row, std::ostream* out) {
  *out << row.text;
}
// NOLINTEND(readability-identifier-naming)

template <typename Row>
std::string row_name(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

class GoodUrlTest : public testing::TestWithParam<GoodUrl> {};

TEST_P(GoodUrlTest, IsTakenApart) {
  const auto url = parse_url(GetParam().text);
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->scheme, GetParam().url.scheme);
  EXPECT_EQ(url->host, GetParam().url.host);
  EXPECT_EQ(url->port, GetParam().url.port);
  EXPECT_EQ(url->path, GetParam().url.path);
  EXPECT_EQ(url->query, GetParam().url.query);
}

INSTANTIATE_TEST_SUITE_P(
    Url, GoodUrlTest,
    testing::Values(
        GoodUrl{"Plain",
                "https://management.azure.com/subscriptions",
                {"https", "management.azure.com", 443, "/subscriptions", ""}},
        GoodUrl{"WithoutPath", "https://a.example", {"https", "a.example", 443, "/", ""}},
        GoodUrl{"QueryWithoutPath", "https://a.example?x=1", {"https", "a.example", 443, "/", "x=1"}},
        GoodUrl{"UpperCase", "HTTPS://A.Example/B", {"https", "a.example", 443, "/B", ""}},
        GoodUrl{"Port", "http://localhost:8080/a?b=c&d", {"http", "localhost", 8080, "/a", "b=c&d"}},
        GoodUrl{"HttpPort", "http://localhost/", {"http", "localhost", 80, "/", ""}},
        GoodUrl{"Ipv4", "https://127.0.0.1:65535/", {"https", "127.0.0.1", 65535, "/", ""}},
        GoodUrl{"Ipv6", "https://[::1]:8443/", {"https", "::1", 8443, "/", ""}},
        GoodUrl{"Ipv6IsWrittenInOneWay", "https://[0:0:0:0:0:0:0:A]/", {"https", "::a", 443, "/", ""}},
        GoodUrl{"PercentEncodingIsKept",
                "https://a.example/%2fb%20?t=%3D/../",
                {"https", "a.example", 443, "/%2fb%20", "t=%3D/../"}},
        GoodUrl{"AtInPath", "https://a.example/b@c", {"https", "a.example", 443, "/b@c", ""}},
        GoodUrl{"SecondQuestionMark", "https://a.example/?a?b", {"https", "a.example", 443, "/", "a?b"}},
        GoodUrl{
            "NameThatBeginsWithADigit", "https://3hub.example/", {"https", "3hub.example", 443, "/", ""}}),
    row_name<GoodUrl>);

class BadUrlTest : public testing::TestWithParam<BadUrl> {};

TEST_P(BadUrlTest, IsRefusedWithAReason) {
  const auto url = parse_url(GetParam().text);
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().kind, ErrorKind::bad_config);
  EXPECT_THAT(url.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Url, BadUrlTest,
    testing::Values(BadUrl{"Empty", "", "not an absolute http or https URL"},
                    BadUrl{"NoScheme", "management.azure.com", "not an absolute http or https URL"},
                    BadUrl{"OtherScheme", "ftp://a.example/", "\"ftp://a.example/\" is not an absolute"},
                    BadUrl{"SchemeAlone", "https://", "no valid host"},
                    BadUrl{"OneSlash", "https:/a.example", "not an absolute"},
                    BadUrl{"ThreeSlashes", "https:///a.example", "no valid host"},
                    BadUrl{"PortAlone", "https://:443/", "no valid host"},
                    BadUrl{"User", "https://user@a.example/", "user name or password"},
                    BadUrl{"UserAndPassword", "https://user:word@a.example/", "user name or password"},
                    BadUrl{"Fragment", "https://a.example/#top", "fragment"},
                    BadUrl{"Space", "https://a.example/a b", "spaces"},
                    BadUrl{"LineBreak", "https://a.example/\r\nHost: b", "control characters"},
                    BadUrl{"Nul", std::string("https://a.example/\0", 19), "control characters"},
                    BadUrl{"NotAscii", "https://ä.example/", "outside ASCII"},
                    BadUrl{"EmptyPort", "https://a.example:/", "port"},
                    BadUrl{"PortZero", "https://a.example:0/", "port"},
                    BadUrl{"PortTooLarge", "https://a.example:65536/", "port"},
                    BadUrl{"PortWithSign", "https://a.example:+443/", "port"},
                    BadUrl{"PortWithLetters", "https://a.example:443x/", "port"},
                    BadUrl{"EmptyLabel", "https://a..example/", "no valid host"},
                    BadUrl{"TrailingDot", "https://a.example./", "no valid host"},
                    BadUrl{"LongLabel", "https://" + std::string(64, 'a') + ".example/", "no valid host"},
                    BadUrl{"Backslash", "https://a.example\\@b/", "user name or password"},
                    BadUrl{"PercentInHost", "https://a%2eexample/", "no valid host"},
                    BadUrl{"ShortIpv4", "https://127.1/", "no valid host"},
                    BadUrl{"Ipv4AsOneNumber", "https://2130706433/", "no valid host"},
                    BadUrl{"Ipv4InHex", "https://0x7f000001/", "no valid host"},
                    BadUrl{"Ipv4TooLarge", "https://256.0.0.1/", "no valid host"},
                    BadUrl{"Ipv6WithoutBrackets", "https://::1/", "no valid host"},
                    BadUrl{"Ipv6Zone", "https://[fe80::1%25eth0]/", "no valid host"},
                    BadUrl{"Ipv6Open", "https://[::1/", "no valid host"},
                    BadUrl{"AfterBracket", "https://[::1]x/", "no valid host"}),
    row_name<BadUrl>);

std::string complaint_about(std::string_view text) {
  const auto url = parse_url(text);
  return url ? "none" : url.error().message;
}

TEST(Url, ErrorsShowNeitherPasswordsNorQueries) {
  const std::string long_password = "0123456789012345678901234567890123456789012345678901234567890123456789";
  EXPECT_EQ(complaint_about("https://user:secret@a.example/"),
            "\"https…\" must not carry a user name or password");
  EXPECT_EQ(complaint_about("https://user:" + long_password + "secret@a.example/"),
            "\"https…\" must not carry a user name or password");
  EXPECT_EQ(complaint_about("https://user:se?secret@a.example"),
            "\"https…\" has a bad port: it must be a number from 1 to 65535");
  EXPECT_EQ(complaint_about("https://a.example:x/?token=secret"),
            "\"https://a.example:x/…\" has a bad port: it must be a number from 1 to 65535");
}

TEST(Url, ErrorsQuoteOnlyTheStartOfALongText) {
  EXPECT_LT(complaint_about(std::string(5000, 'x')).size(), 200U);
}

TEST(Url, OriginLeavesTheUsualPortOut) {
  EXPECT_EQ((Url{"https", "a.example", 443, "/", ""}).origin(), "https://a.example");
  EXPECT_EQ((Url{"https", "a.example", 80, "/", ""}).origin(), "https://a.example:80");
  EXPECT_EQ((Url{"http", "::1", 80, "/", ""}).origin(), "http://[::1]");
  EXPECT_EQ((Url{"http", "::1", 8080, "/", ""}).origin(), "http://[::1]:8080");
}

bool have_same_origin(std::string_view a, std::string_view b) {
  return same_origin(parse_url(a).value(), parse_url(b).value());
}

TEST(Url, SameOriginComparesSchemeHostAndPort) {
  EXPECT_TRUE(have_same_origin("https://a.example/x", "https://A.EXAMPLE:443/y?z"));
  EXPECT_FALSE(have_same_origin("https://a.example/", "http://a.example/"));
  EXPECT_FALSE(have_same_origin("https://a.example/", "https://b.example/"));
  EXPECT_FALSE(have_same_origin("https://a.example/", "https://a.example.evil.example/"));
  EXPECT_FALSE(have_same_origin("https://a.example/", "https://a.example:8443/"));
}

class LoopbackTest : public testing::TestWithParam<std::string> {};
class OtherHostTest : public testing::TestWithParam<std::string> {};

TEST_P(LoopbackTest, IsTheOwnMachine) {
  EXPECT_TRUE(is_loopback(GetParam()));
}
TEST_P(OtherHostTest, IsNotTheOwnMachine) {
  EXPECT_FALSE(is_loopback(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Url, LoopbackTest,
                         testing::Values("127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1",
                                         "localhost", "LOCALHOST"));
INSTANTIATE_TEST_SUITE_P(Url, OtherHostTest,
                         testing::Values("", "128.0.0.1", "127.0.0.1.example", "127.1", "0.0.0.0",
                                         "169.254.169.254", "::", "::2", "localhost.example", "[::1]"));

TEST(LinkLocal, IsTheSameWire) {
  for (const std::string host : {"169.254.169.254", "169.254.0.1", "fe80::1", "febf::1"}) {
    EXPECT_TRUE(is_link_local(host)) << host;
  }
  for (const std::string host : {"", "169.253.0.1", "127.0.0.1", "::1", "fec0::1", "metadata.example"}) {
    EXPECT_FALSE(is_link_local(host)) << host;
  }
}

TEST(Endpoint, IsGivenBackWithoutATrailingSlash) {
  EXPECT_EQ(parse_endpoint("https://management.azure.com/").value(), "https://management.azure.com");
  EXPECT_EQ(parse_endpoint("https://Login.Example:443/tenants//").value(), "https://login.example/tenants");
  EXPECT_EQ(parse_endpoint("http://127.0.0.1:8080").value(), "http://127.0.0.1:8080");
}

TEST(Endpoint, MustBeEncryptedUnlessItIsOnThisMachine) {
  const auto endpoint = parse_endpoint("http://management.azure.com");
  ASSERT_FALSE(endpoint);
  EXPECT_EQ(
      endpoint.error().message,
      "\"http://management.azure.com\" must begin with https://; plain http is for loopback hosts only");
}

TEST(Endpoint, MustNotHaveAQuery) {
  for (const auto* text : {"https://a.example/?", "https://a.example/?x=1"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_FALSE(endpoint);
    EXPECT_THAT(endpoint.error().message, HasSubstr("must not have a query"));
  }
}

TEST(PercentEncoded, KeepsUnreservedCharactersAlone) {
  EXPECT_EQ(percent_encoded("azAZ09-._~"), "azAZ09-._~");
  EXPECT_EQ(percent_encoded("a b/c?d&e=f+g%"), "a%20b%2Fc%3Fd%26e%3Df%2Bg%25");
  EXPECT_EQ(percent_encoded("ä\n"), "%C3%A4%0A");
  EXPECT_EQ(percent_encoded(std::string_view("\0", 1)), "%00");
}

}  // namespace
}  // namespace iothub

#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/request_head.hpp"

namespace iothub {
namespace {

using testing::ElementsAre;
using testing::Pair;

int refusal(const HeadReading& reading) {
  const auto* refused = std::get_if<RefusedHead>(&reading);
  return refused == nullptr ? 0 : refused->status;
}

bool is_incomplete(const HeadReading& reading) {
  return std::holds_alternative<IncompleteHead>(reading);
}

std::string with_headers(const std::string& headers) {
  return "GET /metrics HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
}

TEST(RequestHead, HasMethodPathQueryAndHeaders) {
  const std::string bytes =
      "GET /metrics?a=1?b HTTP/1.1\r\nHost: test\r\nAccept-Encoding:  gzip, br \r\n\r\n";
  const auto head = std::get<RequestHead>(read_request_head(bytes + "GET /next"));
  EXPECT_EQ(head.request.method, "GET");
  EXPECT_EQ(head.request.path, "/metrics");
  EXPECT_EQ(head.request.query, "a=1?b");
  EXPECT_THAT(head.request.headers, ElementsAre(Pair("host", "test"), Pair("accept-encoding", "gzip, br")));
  EXPECT_EQ(head.size, bytes.size());
}

TEST(RequestHead, MayFollowAnEmptyLine) {
  const std::string bytes = "\r\n" + with_headers("");
  EXPECT_EQ(std::get<RequestHead>(read_request_head(bytes)).size, bytes.size());
}

TEST(RequestHead, IsIncompleteUntilItsLastByteHoweverItArrives) {
  const std::string bytes = "\r\n" + with_headers("X: y\r\n");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(
        is_incomplete(read_request_head(bytes.substr(0, size), size - std::min<std::size_t>(size, 1))))
        << size;
    EXPECT_EQ(std::get<RequestHead>(read_request_head(bytes, size)).size, bytes.size()) << size;
  }
}

TEST(RequestHead, AcceptsTheWholeUrlThatAProxySends) {
  const std::string rest = " HTTP/1.1\r\nHost: test\r\n\r\n";
  EXPECT_EQ(std::get<RequestHead>(read_request_head("GET http://test:80/a?b" + rest)).request.path, "/a");
  EXPECT_EQ(std::get<RequestHead>(read_request_head("GET HTTP://test" + rest)).request.path, "/");
}

TEST(RequestHead, KeepsTheConnectionByDefaultOnlySinceHttp11) {
  const auto keeps = [](const std::string& bytes) {
    return std::get<RequestHead>(read_request_head(bytes)).keep_alive;
  };
  EXPECT_TRUE(keeps(with_headers("")));
  EXPECT_FALSE(keeps(with_headers("Connection: close\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestHead, IsRefusedFromTheByteThatExceedsALimit) {
  const std::string start = "GET / HTTP/1.1\r\nHost: test\r\nX: ";
  const std::string longest = start + std::string(kMaxHeadBytes - start.size() - 4, 'x') + "\r\n\r\n";
  EXPECT_EQ(std::get<RequestHead>(read_request_head(longest)).size, kMaxHeadBytes);
  EXPECT_EQ(refusal(read_request_head(start + "x" + longest.substr(start.size()))), 431);
  EXPECT_TRUE(is_incomplete(read_request_head(longest.substr(0, kMaxHeadBytes - 1))));
  EXPECT_EQ(refusal(read_request_head(start + std::string(kMaxHeadBytes - start.size(), 'x'))), 431);

  const std::string target = "/" + std::string(kMaxTargetBytes - 1, 't');
  const std::string rest = " HTTP/1.1\r\nHost: test\r\n\r\n";
  EXPECT_EQ(std::get<RequestHead>(read_request_head("GET " + target + rest)).request.path, target);
  EXPECT_EQ(refusal(read_request_head("GET " + target + "t" + rest)), 414);
  EXPECT_EQ(refusal(read_request_head("GET /" + std::string(3000, 't'))), 414);
}

TEST(RequestHead, HasAtMostSixtyFourHeaders) {
  std::string headers;
  for (std::size_t i = 1; i < kMaxHeaders; ++i) {
    headers += "X: y\r\n";
  }
  EXPECT_EQ(std::get<RequestHead>(read_request_head(with_headers(headers))).request.headers.size(),
            kMaxHeaders);
  EXPECT_EQ(refusal(read_request_head(with_headers(headers + "X: y\r\n"))), 431);
}

struct Refused {
  std::string name;
  std::string bytes;
  int status;
};

std::ostream& operator<<(std::ostream& out, const Refused& refused) {
  return out << refused.name;
}

class RefusedRequestHead : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequestHead, NamesTheReasonAsAStatus) {
  EXPECT_EQ(refusal(read_request_head(GetParam().bytes)), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    Head, RefusedRequestHead,
    testing::Values(Refused{"Garbage", "\x16\x03\x01\x02", 400},
                    Refused{"LineFeedAlone", "GET / HTTP/1.0\n", 400}, Refused{"LineFeedFirst", "\n", 400},
                    Refused{"TwoEmptyLines", "\r\n\r\n", 400}, Refused{"NoVersion", "GET /\r\n\r\n", 400},
                    Refused{"UnknownVersion", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 400},
                    Refused{"Http2Preface", "PRI * HTTP/2.0\r\n\r\n", 400},
                    Refused{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
                    Refused{"TwoHosts", with_headers("Host: b\r\n"), 400},
                    Refused{"TargetWithoutSlash", "GET metrics HTTP/1.0\r\n\r\n", 400},
                    Refused{"ControlInTarget", "GET /\x01 HTTP/1.0\r\n\r\n", 400},
                    Refused{"SpaceInTarget", "GET /a b HTTP/1.0\r\n\r\n", 400},
                    Refused{"NulInValue", with_headers(std::string("X: a\0b\r\n", 8)), 400},
                    Refused{"ReturnInValue", with_headers("X: a\rb\r\n"), 400},
                    Refused{"SpaceBeforeColon", with_headers("Content-Length : 0\r\n"), 400},
                    Refused{"NoColon", with_headers("Content-Length\r\n"), 400},
                    Refused{"EmptyName", with_headers(": 1\r\n"), 400},
                    Refused{"FoldedHeader", with_headers("X: a\r\n b\r\n"), 400},
                    Refused{"FoldedFirstHeader", "GET / HTTP/1.0\r\n X: a\r\n\r\n", 400},
                    Refused{"FoldedByTab", with_headers("Transfer-Encoding:\r\n\tchunked\r\n"), 400},
                    Refused{"Body", with_headers("Content-Length: 5\r\n"), 413},
                    Refused{"HugeBody", with_headers("Content-Length: 99999999999999999999999\r\n"), 400},
                    Refused{"SignedLength", with_headers("Content-Length: +0\r\n"), 400},
                    Refused{"NegativeLength", with_headers("Content-Length: -1\r\n"), 400},
                    Refused{"HexadecimalLength", with_headers("Content-Length: 0x0\r\n"), 400},
                    Refused{"EmptyLength", with_headers("Content-Length:\r\n"), 400},
                    Refused{"ListOfLengths", with_headers("Content-Length: 0, 0\r\n"), 400},
                    Refused{"TwoLengths", with_headers("Content-Length: 0\r\nContent-Length: 0\r\n"), 400},
                    Refused{"Chunked", with_headers("Transfer-Encoding: chunked\r\n"), 400},
                    Refused{"IdentityEncoding", with_headers("Transfer-Encoding: identity\r\n"), 400},
                    Refused{"LengthAndEncoding",
                            with_headers("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400},
                    Refused{"EncodingAndLength",
                            with_headers("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"), 400},
                    Refused{"Expect", with_headers("Expect: 100-continue\r\n"), 417},
                    Refused{"Upgrade", with_headers("Connection: Upgrade\r\nUpgrade: h2c\r\n"), 400}),
    [](const auto& test) { return test.param.name; });

TEST(RequestHead, MayAnnounceAnEmptyBody) {
  const auto head = std::get<RequestHead>(read_request_head(with_headers("Content-Length: 0\r\n")));
  EXPECT_EQ(head.request.path, "/metrics");
}

}  // namespace
}  // namespace iothub

#include <ostream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/test_server.hpp"

namespace iothub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string kRest = " HTTP/1.1\r\nHost: test\r\n\r\n";

std::size_t count_answers(const std::string& bytes) {
  std::size_t found = 0;
  for (auto at = bytes.find("HTTP/1.1 "); at != std::string::npos; at = bytes.find("HTTP/1.1 ", at + 1)) {
    ++found;
  }
  return found;
}

TEST(Server, AnswersGet) {
  const TestServer server;
  const RawAnswer answer = server.get("/metrics?x=1");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /metrics|x=1");
  EXPECT_EQ(answer.head,
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "Content-Length: 16\r\nX-Content-Type-Options: nosniff\r\nX-Test: yes\r\n\r\n");
}

TEST(Server, AnswersHeadWithTheLengthButWithoutTheBody) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("HEAD /big" + kRest + "HEAD /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  const RawAnswer answer = client.read_answer(false);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Content-Length"), std::to_string(TestServer::kBigBody));
  EXPECT_THAT(client.read_to_end(),
              testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), testing::EndsWith("\r\n\r\n")));
}

TEST(Server, ServesManyRequestsOnOneConnection) {
  const TestServer server;
  RawClient client = server.connect();
  for (const std::string path : {"/a", "/b", "/c"}) {
    client.send(std::string("GET ").append(path).append(kRest));
    EXPECT_EQ(client.read_answer().body, std::string("GET ").append(path).append("|"));
  }
}

TEST(Server, AnswersPipelinedRequestsInTheirOrder) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a" + kRest + "GET /b" + kRest + "\r\nHEAD /c" + kRest + "GET /d HTTP");
  EXPECT_EQ(client.read_answer().body, "GET /a|");
  EXPECT_EQ(client.read_answer().body, "GET /b|");
  EXPECT_EQ(client.read_answer(false).header("Content-Length"), "8");
  client.send("/1.1\r\nHost: test\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "GET /d|");
}

TEST(Server, AnswersThoughTheClientHasEndedItsSide) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a" + kRest);
  client.end();
  EXPECT_THAT(client.read_to_end(), HasSubstr("GET /a|"));
}

TEST(Server, ClosesAfterAnAnswerToHttp10) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.body, "GET /a|");
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, ClosesWhenTheClientAsksForIt) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_answer().header("Connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(Server, LeavesOtherMethodsToTheHandler) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("DELETE /a" + kRest);
  EXPECT_EQ(client.read_answer().body, "DELETE /a|");
}

TEST(Server, IgnoresRanges) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /a HTTP/1.1\r\nHost: test\r\nRange: bytes=0-0,1-1,2-2\r\n\r\n");
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "GET /a|");
}

TEST(Server, SendsNoBodyWithNotModified) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /not-modified" + kRest + "GET /a" + kRest);
  const RawAnswer answer = client.read_answer(false);
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.header("Content-Length"), "");
  EXPECT_EQ(client.read_answer().body, "GET /a|");
}

TEST(Server, AnswersConstantTextWhenTheHandlerThrows) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET /throw" + kRest + "GET /throw" + kRest + "GET /a" + kRest);
  const RawAnswer answer = client.read_answer();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body, "500 Internal Server Error\n");
  EXPECT_EQ(client.read_answer().body, answer.body);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_THAT(server.log().lines(),
              ElementsAre("warn: a page could not be made error=secret detail suppressed=0"));
}

TEST(Server, NeverSendsAHeaderThatBreaksOutOfItsLine) {
  const TestServer server;
  const RawAnswer answer = server.get("/injected");
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.head + answer.body, Not(HasSubstr("Set-Cookie")));
}

struct Attack {
  std::string name;
  std::string bytes;
  int status;
};

std::ostream& operator<<(std::ostream& out, const Attack& attack) {
  return out << attack.name;
}

class ServerUnderAttack : public testing::TestWithParam<Attack> {};

TEST_P(ServerUnderAttack, RefusesOnceAndClosesWithoutAskingTheHandler) {
  const TestServer server;
  RawClient client = server.connect();
  client.send(GetParam().bytes + "GET /smuggled" + kRest);
  const std::string answer = client.read_to_end();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(GetParam().status) + " "));
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_EQ(count_answers(answer), 1);
  EXPECT_EQ(server.calls(), 0);
}

std::string post(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
}

std::string many_headers() {
  std::string headers;
  for (int i = 0; i < 1000; ++i) {
    headers += "X: y\r\n";
  }
  return headers;
}

INSTANTIATE_TEST_SUITE_P(
    Request, ServerUnderAttack,
    testing::Values(Attack{"Body", post("Content-Length: 5\r\n") + "12345", 413},
                    Attack{"Chunks", post("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
                    Attack{"Expect", post("Expect: 100-continue\r\nContent-Length: 5\r\n"), 417},
                    Attack{"Upgrade", post("Connection: Upgrade\r\nUpgrade: websocket\r\n"), 400},
                    Attack{"LengthAndEncoding",
                           post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
                    Attack{"OddEncoding", post("Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n"), 400},
                    Attack{"TwoLengths", post("Content-Length: 0\r\nContent-Length: 38\r\n"), 400},
                    Attack{"ListOfLengths", post("Content-Length: 0, 38\r\n"), 400},
                    Attack{"FoldedHeader",
                           post("Content-Length: 0\r\nX: a\r\n Transfer-Encoding: chunked\r\n"), 400},
                    Attack{"SpaceBeforeColon", post("Transfer-Encoding : chunked\r\n"), 400},
                    Attack{"LineFeedAlone", post("X: a\nTransfer-Encoding: chunked\r\n"), 400},
                    Attack{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
                    Attack{"Garbage", "\x16\x03\x01\x02\x03", 400},
                    Attack{"LongTarget", "GET /" + std::string(5000, 'a') + kRest, 414},
                    Attack{"LineWithoutEnd", std::string(20'000, 'a'), 414},
                    Attack{"LongHead", post("X: " + std::string(20'000, 'a') + "\r\n"), 431},
                    Attack{"ManyHeaders", post(many_headers()), 431}),
    [](const auto& test) { return test.param.name; });

TEST(Server, StopsReadingALineWithoutEnd) {
  const TestServer server;
  RawClient client = server.connect();
  EXPECT_FALSE(client.send(std::string(std::size_t{64} * 1024 * 1024, 'a')));
}

TEST(Server, AnswersManyClientsAtOnce) {
  const TestServer server;
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> scrapers(8);
    for (std::jthread& scraper : scrapers) {
      scraper = std::jthread([&] {
        for (int i = 0; i < 50; ++i) {
          answered += server.get("/a").status == 200 ? 1 : 0;
        }
      });
    }
  }
  EXPECT_EQ(answered, 400);
  EXPECT_EQ(server.calls(), 400);
}

}  // namespace
}  // namespace iothub

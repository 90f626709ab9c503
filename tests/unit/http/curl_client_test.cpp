#include "http/curl_client.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/raw_server.hpp"
#include "unit/http/curl_client_fixture.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// "hello hello hello hello hello" as gzip wrote it.
constexpr std::array<unsigned char, 29> kGzip{0x1f, 0x8b, 0x08, 0,    0,    0,    0,    0,    0x02, 0x03,
                                              0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0xc0, 0x4e, 0x02,
                                              0,    0xf6, 0xd2, 0x53, 0x38, 0x1d, 0,    0,    0};
const std::string kGzipBody(kGzip.begin(), kGzip.end());
const std::string kPlainBody = "hello hello hello hello hello";

TEST_F(CurlClientTest, TakesAnyStatusForAnAnswer) {
  for (const int status : {200, 204, 304, 404, 429, 500, 503}) {
    const auto response =
        ask_one_that_sends("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(response ? response->status : 0, status);
  }
}

TEST_F(CurlClientTest, FoldsNamesTrimsValuesAndJoinsRepeatedHeaders) {
  const auto response =
      ask_one_that_sends(answer("x", "X-One: \t 1 \r\nx-two: a\r\nX-TWO:b\r\nX-Empty:\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->header("x-one"), "1");
  EXPECT_EQ(response->header("x-two"), "a, b");
  EXPECT_TRUE(response->headers.contains("x-empty"));
}

TEST_F(CurlClientTest, IgnoresInformationalHeadsAndTrailers) {
  const auto response = ask_one_that_sends(
      "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Final: 1\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_FALSE(response->headers.contains("x-early"));
  EXPECT_TRUE(response->headers.contains("x-final"));
  EXPECT_FALSE(response->headers.contains("x-trailer"));
}

TEST_F(CurlClientTest, SendsMethodPathHeadersAndBodyAsGiven) {
  std::string head;
  {
    RawServer server([&](RawConnection& connection) {
      head = connection.read_head();
      connection.write(answer(""));
    });
    HttpRequest request = get(server.url() + "a/../b%2f?c=d%20e");
    request.method = "POST";
    request.headers = {{"authorization", "Bearer t"}, {"x-empty", ""}};
    request.body = "grant_type=x";
    ASSERT_TRUE(ask(request));
  }
  EXPECT_THAT(head, StartsWith("POST /a/../b%2f?c=d%20e HTTP/1.1\r\n"));
  EXPECT_THAT(head, AllOf(HasSubstr("\r\nauthorization: Bearer t\r\n"), HasSubstr("\r\nx-empty:\r\n"),
                          HasSubstr("\r\nContent-Length: 12\r\n"), HasSubstr("\r\n\r\ngrant_type=x"),
                          HasSubstr("\r\naccept-encoding: gzip\r\n"),
                          HasSubstr("\r\nuser-agent: iothub_job_exporter\r\n")));
}

TEST_F(CurlClientTest, UndoesGzip) {
  const auto response = ask_one_that_sends(answer(kGzipBody, "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, kPlainBody);
}

TEST_F(CurlClientTest, TakesSeveralGzipMembersForOneText) {
  const auto response = ask_one_that_sends(answer(kGzipBody + kGzipBody, "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, kPlainBody + kPlainBody);
}

TEST_F(CurlClientTest, RefusesGzipThatEndsTooEarly) {
  for (const std::size_t length : {std::size_t{1}, std::size_t{10}, std::size_t{15}, kGzipBody.size() - 1}) {
    const auto response =
        ask_one_that_sends(answer(kGzipBody.substr(0, length), "Content-Encoding: gzip\r\n"));
    expect_error(response, ErrorKind::bad_response, "the gzip body ends too early");
  }
}

TEST_F(CurlClientTest, RefusesDamagedGzip) {
  for (const std::string& body : {kGzipBody + "junk", "no " + kGzipBody}) {
    const auto response = ask_one_that_sends(answer(body, "Content-Encoding: gzip\r\n"));
    expect_error(response, ErrorKind::bad_response, "the body is not valid gzip");
  }
}

TEST_F(CurlClientTest, RefusesAnEncodingItDidNotAskFor) {
  const auto response = ask_one_that_sends(answer("x", "Content-Encoding: br\r\n"));
  expect_error(response, ErrorKind::bad_response, "the answer has a content encoding that was not asked for");
}

TEST_F(CurlClientTest, RefusesABodyShorterThanAnnounced) {
  const auto response = ask_one_that_sends("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}");
  expect_error(response, ErrorKind::network, "the connection was closed before the answer was complete");
}

TEST_F(CurlClientTest, RefusesAChunkedBodyThatIsCutOff) {
  const auto response =
      ask_one_that_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  expect_error(response, ErrorKind::network, "the connection was closed before the answer was complete");
}

TEST_F(CurlClientTest, RefusesLengthsThatAreNoneOrContradictEachOther) {
  for (const std::string length : {"2junk", "-1", "2\r\nContent-Length: 3", "99999999999999999999999"}) {
    const auto response = ask_one_that_sends("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n{}");
    ASSERT_FALSE(response) << length;
    EXPECT_EQ(response.error().kind, ErrorKind::bad_response) << response.error().message;
  }
}

TEST_F(CurlClientTest, RefusesWhatIsNotHttp) {
  const auto response = ask_one_that_sends("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
  expect_error(response, ErrorKind::bad_response, "the answer is not HTTP");
}

TEST_F(CurlClientTest, GivesUpWhenTheBodyIsLargerThanAllowed) {
  options_.max_body_bytes = 1U << 20U;
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.write(std::string(65536, 'x'))) {
    }
  });
  expect_error(ask(get(server.url())), ErrorKind::bad_response, "the body is larger than 1 MiB");
}

TEST_F(CurlClientTest, GivesUpWhenGzipUnfoldsToMoreThanAllowed) {
  options_.max_body_bytes = kPlainBody.size() * 3 - 1;
  const auto response =
      ask_one_that_sends(answer(kGzipBody + kGzipBody + kGzipBody, "Content-Encoding: gzip\r\n"));
  expect_error(response, ErrorKind::bad_response, "the body is larger than 86 bytes");
}

TEST_F(CurlClientTest, TakesABodyAsLargeAsAllowed) {
  options_.max_body_bytes = kPlainBody.size();
  EXPECT_TRUE(ask_one_that_sends(answer(kPlainBody)));
  EXPECT_TRUE(ask_one_that_sends(answer(kGzipBody, "Content-Encoding: gzip\r\n")));
}

TEST_F(CurlClientTest, GivesUpOnEndlessHeads) {
  const std::string large = "X: " + std::string(70'000, 'x') + "\r\n";
  std::string many;
  std::string informational;
  for (int i = 0; i < 2000; ++i) {
    many += "A: b\r\n";
    informational += "HTTP/1.1 103 Early Hints\r\nX-Y: z\r\n\r\n";
  }
  const std::string start = "HTTP/1.1 200 OK\r\n";
  expect_error(ask_one_that_sends(start + many), ErrorKind::bad_response,
               "the answer has more than 100 headers");
  for (const std::string& head :
       {start + large, informational, "HTTP/1.1 200 " + std::string(1U << 20U, 'x')}) {
    expect_error(ask_one_that_sends(head), ErrorKind::bad_response,
                 "the head of the answer is larger than 64 KiB");
  }
}

TEST_F(CurlClientTest, DoesNotFollowRedirects) {
  RawServer thief(RawServer::answering(answer("caught")));
  const auto response =
      ask_one_that_sends("HTTP/1.1 302 Found\r\nLocation: " + thief.url() + "\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("location"), thief.url());
  EXPECT_EQ(thief.connections(), 0);
}

TEST_F(CurlClientTest, UsesAConnectionAgain) {
  RawServer server(RawServer::answering(answer("x")));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(ask(get(server.url())));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(CurlClientTest, ConnectsAnewWhenTheServerHasClosedAConnection) {
  RawServer server(RawServer::answering_once(answer("x")));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(ask(get(server.url())));
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST_F(CurlClientTest, RefusesPlainHttpToOtherHosts) {
  expect_error(ask(get("http://192.0.2.1/")), ErrorKind::bad_config,
               "not asked, plain http is for loopback hosts only");
}

TEST_F(CurlClientTest, SpeaksPlainHttpToALinkLocalServiceOnlyWhenToldThatItIsOne) {
  HttpRequest request = get("http://169.254.169.254/metadata");
  request.deadline = clock_.steady_now();  // passed: nothing leaves this machine
  const std::string refusal = "not asked, plain http is for loopback hosts only";
  expect_error(ask(request), ErrorKind::bad_config, refusal);
  request.is_local_service = true;
  expect_error(ask(request), ErrorKind::timeout, "not asked, the deadline had passed already");
  request.url = "http://hub.example/";
  expect_error(ask(request), ErrorKind::bad_config, refusal);
}

TEST_F(CurlClientTest, AsksAServiceOfThisMachinePastEveryProxy) {
  RawServer proxy(RawServer::answering(answer("from the proxy")));
  setenv("http_proxy", proxy.url().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread asks
  HttpRequest request = get("http://169.254.3.2:1/");
  request.is_local_service = true;
  request.deadline = clock_.steady_now() + milliseconds{20};
  static_cast<void>(ask(request));  // whoever may be there
  unsetenv("http_proxy");           // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(CurlClientTest, AsksOthersThroughTheProxyThatTheEnvironmentNames) {
  std::string asked;
  RawServer proxy([&](RawConnection& connection) {
    asked = connection.read_head();
    connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  setenv("https_proxy", proxy.url().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread asks
  const auto response = ask(get("https://management.example/"));
  EXPECT_FALSE(response);
  setenv("no_proxy", "management.example", 1);  // NOLINT(concurrency-mt-unsafe)
  HttpRequest direct = get("https://management.example/");
  direct.deadline = clock_.steady_now() + milliseconds{20};
  EXPECT_FALSE(ask(direct));
  unsetenv("https_proxy");  // NOLINT(concurrency-mt-unsafe)
  unsetenv("no_proxy");     // NOLINT(concurrency-mt-unsafe)
  EXPECT_THAT(asked, StartsWith("CONNECT management.example:443 "));
  EXPECT_EQ(proxy.connections(), 1);
}

TEST_F(CurlClientTest, RefusesLineBreaksInUrlsHeadersAndMethods) {
  RawServer server(RawServer::answering(answer("x")));
  HttpRequest request = get(server.url());
  request.url += "\r\nX-Evil: 1";
  expect_refusal_without_secrets(ask(request));
  request = get(server.url());
  request.headers = {{"authorization", "Bearer secret\r\nX-Evil: 1"}};
  expect_refusal_without_secrets(ask(request));
  request.headers = {{"x\r\nX-Evil", "secret"}};
  expect_refusal_without_secrets(ask(request));
  request.headers.clear();
  request.method = "GET / HTTP/1.1\r\nX-Evil: 1";
  expect_refusal_without_secrets(ask(request));
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlClientTest, SaysThatAConnectionWasRefused) {
  std::string url;
  {
    const ListeningSocket socket;
    url = "http://127.0.0.1:" + std::to_string(socket.port());
  }
  expect_error(ask(get(url)), ErrorKind::network, "connection refused");
}

TEST_F(CurlClientTest, SaysThatThereWasNoAnswer) {
  expect_error(ask_one_that_sends(""), ErrorKind::network, "the connection was closed without an answer");
}

TEST_F(CurlClientTest, SaysThatTheConnectionWasReset) {
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.reset();
  });
  const auto response = ask(get(server.url() + "?query=secret"));
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::network);
  EXPECT_THAT(response.error().message, AllOf(HasSubstr("eset by peer"), Not(HasSubstr("secret"))));
}

// Asks for paths that no other thread asks for, from a server that answers with the path.
void expect_own_answers(CurlClient& client, const std::string& url) {
  const std::size_t me = std::hash<std::thread::id>{}(std::this_thread::get_id());
  for (int i = 0; i < 20; ++i) {
    const std::string path = std::to_string(me) + "/" + std::to_string(i);
    const auto response = client.send(get(url + path), {});
    EXPECT_EQ(response ? response->body : response.error().message, "/" + path);
  }
}

TEST_F(CurlClientTest, ServesManyThreadsAtOnce) {
  RawServer server([](RawConnection& connection) {
    for (std::string head = connection.read_head(); !head.empty(); head = connection.read_head()) {
      const auto path = head.substr(4, head.find(' ', 4) - 4);
      connection.write(answer(path));
    }
  });
  CurlClient client(options_, clock_);
  std::vector<std::jthread> threads(8);
  for (std::jthread& thread : threads) {
    thread = std::jthread([&client, url = server.url()] { expect_own_answers(client, url); });
  }
  threads.clear();
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace iothub

// When CurlClient gives up: at a deadline, and when it is told to stop.
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/raw_server.hpp"
#include "unit/http/curl_client_fixture.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

TEST_F(CurlClientTest, SendsNothingWhenTheDeadlineHasPassed) {
  RawServer server(RawServer::answering(answer("x")));
  HttpRequest request = get(server.url());
  request.deadline = clock_.steady_now();
  const auto response = ask(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timeout);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlClientTest, GivesUpWhenTheAnswerDoesNotCome) {
  options_.request_timeout = milliseconds{50};
  RawServer server([](RawConnection& connection) { connection.hang(); });
  expect_error(ask(get(server.url())), ErrorKind::timeout, "no answer within 50ms");
}

TEST_F(CurlClientTest, GivesUpWhenTheAnswerIsNotCompleteInTime) {
  options_.request_timeout = milliseconds{500};  // enough for the head, on a machine with other things to do
  RawServer server([](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    connection.hang();
  });
  expect_error(ask(get(server.url())), ErrorKind::timeout, "the answer was not complete after 500ms");
}

TEST_F(CurlClientTest, ObeysTheDeadlineOfTheRequestIfItIsSooner) {
  RawServer server([](RawConnection& connection) { connection.hang(); });
  HttpRequest request = get(server.url());
  request.deadline = clock_.steady_now() + milliseconds{50};
  const auto response = ask(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::timeout);
}

TEST_F(CurlClientTest, SendsNothingWhenAStopWasRequested) {
  RawServer server(RawServer::answering(answer("x")));
  std::stop_source stop;
  stop.request_stop();
  const auto response = ask(get(server.url()), stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  EXPECT_EQ(server.connections(), 0);
}

constexpr std::string_view kSynSent = " 02 ";

// Whether some socket waits for an answer to its first packet to `port`.
bool is_connecting_to(std::uint16_t port) {
  std::array<char, 16> address{};
  std::snprintf(address.data(), address.size(), ":%04X", port);
  std::ifstream sockets("/proc/net/tcp");
  for (std::string line; std::getline(sockets, line);) {
    if (line.find(address.data() + std::string(kSynSent)) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST_F(CurlClientTest, CanBeStoppedWhileItConnects) {
  const ListeningSocket socket(0);
  const sockaddr_in address = ListeningSocket::loopback(socket.port());
  const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(filler, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  std::stop_source stop;
  const std::jthread stopper([&] {
    while (!is_connecting_to(socket.port())) {
      std::this_thread::yield();
    }
    stop.request_stop();
  });
  const auto response = ask(get("http://127.0.0.1:" + std::to_string(socket.port())), stop.get_token());
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
  close(filler);
}

// Each of these servers requests the stop by itself when the client has come as far as the test wants it.
class StoppedCurlClientTest : public CurlClientTest {
 protected:
  void expect_stop(std::string_view scheme, const RawServer::Session& until_then) {
    std::stop_source stop;
    RawServer server([&](RawConnection& connection) {
      until_then(connection);
      stop.request_stop();
      connection.hang();
    });
    const auto response = ask(get(server.url(scheme)), stop.get_token());
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::cancelled);
    EXPECT_THAT(response.error().message, StartsWith(std::string(scheme) + "://127.0.0.1:"));
  }
};

TEST_F(StoppedCurlClientTest, EndsInTheTlsHandshake) {
  expect_stop("https", [](RawConnection& connection) { connection.read(); });
}

TEST_F(StoppedCurlClientTest, EndsWhileItWaitsForTheHead) {
  expect_stop("http", [](RawConnection& connection) { connection.read_head(); });
}

TEST_F(StoppedCurlClientTest, EndsInTheMiddleOfTheBodyAndIsAsGoodAsNew) {
  expect_stop("http", [](RawConnection& connection) {
    connection.read_head();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
  });
  const auto response = ask_one_that_sends(answer("fresh"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "fresh");
}

}  // namespace
}  // namespace iothub

// The server among clients that are slow, silent, many or gone.
#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support/test_server.hpp"

namespace iothub {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: test\r\n\r\n";
const std::string kHalf = "GET /a HTTP/1.1\r\nHo";
const std::string kOtherHalf = "st: test\r\n\r\n";

// Sets the soft limit of open files while it lives.
class FileLimit {
 public:
  explicit FileLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit wanted{.rlim_cur = std::min(limit, before_.rlim_max), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &wanted);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

std::vector<RawClient> slow_readers(const TestServer& server, std::size_t count) {
  std::vector<RawClient> readers;
  readers.reserve(count);
  while (readers.size() < count) {
    readers.push_back(server.slow_reader());
  }
  return readers;
}

std::vector<RawClient> silent_clients(const TestServer& server, std::size_t count) {
  std::vector<RawClient> clients;
  clients.reserve(count);
  while (clients.size() < count) {
    clients.push_back(server.connect());
  }
  return clients;
}

ServerOptions places(std::size_t max_connections) {
  ServerOptions options = TestServer::loopback();
  options.max_connections = max_connections;
  return options;
}

TEST(ServerDeadline, EndsASlowHeadThoughBytesKeepComing) {
  ServerOptions options = TestServer::loopback();
  options.head_timeout = 50ms;
  const TestServer server(options);
  RawClient client = server.connect();
  client.send("GET / HTTP/1.1\r\nX: ");
  while (!client.readable_within(2ms)) {
    client.send("a");
  }
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerDeadline, EndsASlowSecondHead) {
  ServerOptions options = TestServer::loopback();
  options.head_timeout = 50ms;
  const TestServer server(options);
  RawClient client = server.connect();
  client.send(kGet + kHalf);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerDeadline, EndsASilentConnection) {
  ServerOptions options = TestServer::loopback();
  options.head_timeout = 50ms;
  const TestServer server(options);
  EXPECT_EQ(server.connect().read_to_end(), "");
}

TEST(ServerDeadline, EndsAnIdleConnectionAfterItsOwnTime) {
  ServerOptions options = TestServer::loopback();
  options.idle_timeout = 50ms;
  const TestServer server(options);
  RawClient client = server.connect();
  client.send(kGet);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ServerDeadline, EndsAnAnswerThatIsNotRead) {
  ServerOptions options = TestServer::loopback();
  options.write_timeout = 50ms;
  const TestServer server(options);
  RawClient reader = server.slow_reader();
  while (server.server().in_flight() > 0) {
    std::this_thread::yield();
  }
  EXPECT_LT(reader.read_to_end().size(), TestServer::kBigBody);
  EXPECT_EQ(server.holders_of_big_body(), 0);
}

TEST(ServerDeadline, IsNotNeededForAClientThatGoesOnSendingAfterTheLastAnswer) {
  const TestServer server;
  RawClient client = server.connect();
  client.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.read_to_end(), HasSubstr("Connection: close"));
  while (client.send("a")) {
  }
}

TEST(ServerPlaces, GoToNewcomersFromTheOldestIncompleteConnection) {
  const TestServer server(places(3));
  RawClient oldest = server.connect();
  oldest.send(kHalf);
  RawClient second = server.connect();
  second.send(kHalf);
  RawClient third = server.connect();
  third.send(kHalf);

  RawClient newcomer = server.connect();
  newcomer.send(kGet);
  EXPECT_EQ(newcomer.read_answer().status, 200);
  EXPECT_EQ(oldest.read_to_end(), "");

  second.send(kOtherHalf);
  EXPECT_EQ(second.read_answer().status, 200);
  third.send(kOtherHalf);
  EXPECT_EQ(third.read_answer().status, 200);
}

TEST(ServerPlaces, GoToNewcomersFromTheConnectionThatIsIdleForLongest) {
  const TestServer server(places(2));
  RawClient silent = server.connect();
  silent.send(kGet);
  EXPECT_EQ(silent.read_answer().status, 200);
  RawClient incomplete = server.connect();
  incomplete.send(kHalf);

  EXPECT_EQ(server.get("/a").status, 200);
  EXPECT_EQ(silent.read_to_end(), "");
  incomplete.send(kOtherHalf);
  EXPECT_EQ(incomplete.read_answer().status, 200);
}

TEST(ServerPlaces, GoToNewcomersFromTheLongestAnswerIfAllAreAnswered) {
  const TestServer server(places(2));
  RawClient longest = server.slow_reader();
  RawClient shorter = server.slow_reader();

  RawClient newcomer = server.connect();
  newcomer.send(kGet);
  EXPECT_EQ(newcomer.read_answer().status, 200);
  EXPECT_LT(longest.read_to_end().size(), TestServer::kBigBody);
  EXPECT_EQ(shorter.read_answer().body.size(), TestServer::kBigBody);
}

TEST(ServerPlaces, AreNeverAllHeldBySlowReaders) {
  const TestServer server(places(8));
  const auto readers = slow_readers(server, 7);
  RawClient late = server.connect();  // the eighth place
  RawClient newcomer = server.connect();
  newcomer.send(kGet);
  EXPECT_EQ(newcomer.read_answer().status, 200);
  late.send(kGet);
  EXPECT_EQ(late.read_answer().status, 200);
}

TEST(ServerPlaces, ServeScrapesBesideAThousandSlowAndIdleConnections) {
  const FileLimit limit(4096);
  const TestServer server(places(256));
  auto crowd = silent_clients(server, 1000);
  EXPECT_TRUE(std::ranges::all_of(crowd, &RawClient::connected));
  const auto all_send = [&](std::string_view bytes) {
    for (RawClient& slow : crowd) {
      slow.send(bytes);
    }
  };
  for (std::size_t i = 0; i < crowd.size(); i += 3) {
    crowd.at(i).send(kHalf);
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(server.get("/a").status, 200);
    all_send(i % 2 == 0 ? ":" : "a");
  }
}

TEST(ServerPlaces, FitTheLimitOfOpenFiles) {
  ServerOptions options = places(100'000);
  std::optional<TestServer> server;
  {
    const FileLimit limit(80);  // leaves 16 places
    server.emplace(options);
  }
  auto crowd = silent_clients(*server, 17);
  EXPECT_EQ(crowd.front().read_to_end(), "");
}

TEST(ServerBodies, AreSharedByTheirReaders) {
  const TestServer server;
  constexpr int count = 20;
  auto readers = slow_readers(server, count);
  EXPECT_EQ(server.server().in_flight(), count);
  EXPECT_EQ(server.holders_of_big_body(), count);
  EXPECT_EQ(server.get("/a").status, 200);
  EXPECT_EQ(readers.front().read_answer().body.size(), TestServer::kBigBody);
}

TEST(ServerErrors, OfAcceptingPass) {
  const TestServer server;
  const int next = ::dup(STDIN_FILENO);
  ::close(next);
  std::optional<RawClient> client;
  {
    const FileLimit limit(static_cast<rlim_t>(next) + 1);  // a descriptor for the client, none for the server
    client.emplace(server.server().addresses().front());
    ASSERT_TRUE(client->connected());
    while (server.log().lines().empty()) {
      std::this_thread::yield();
    }
  }
  client->send(kGet);
  EXPECT_EQ(client->read_answer().status, 200);
  ASSERT_EQ(server.log().lines().size(), 1);
  EXPECT_THAT(server.log().lines().front(), HasSubstr("cannot accept connections"));
}

TEST(ServerEnd, DoesNotWaitForIdleOrIncompleteClients) {
  TestServer server;
  RawClient silent = server.connect();
  RawClient incomplete = server.connect();
  incomplete.send(kHalf);
  RawClient idle = server.connect();
  idle.send(kGet);
  EXPECT_EQ(idle.read_answer().status, 200);
  server.stop();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(incomplete.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST(ServerEnd, ComesThoughAClientDoesNotRead) {
  TestServer server;
  RawClient reader = server.slow_reader();
  server.stop();
  EXPECT_LT(reader.read_to_end().size(), TestServer::kBigBody);
}

TEST(ServerEnd, LetsAnswersUnderWayFinish) {
  TestServer server;
  RawClient client = server.connect();
  client.send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
  ASSERT_TRUE(client.wait_for_bytes());
  const std::jthread stopper([&] { server.stop(); });
  EXPECT_EQ(client.read_answer().body.size(), TestServer::kBigBody);
  EXPECT_EQ(client.read_to_end().size(), 0);
}

}  // namespace
}  // namespace iothub

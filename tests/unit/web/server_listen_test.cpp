#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_log.hpp"
#include "support/raw_client.hpp"
#include "web/listen_address.hpp"
#include "web/server.hpp"

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

Result<std::unique_ptr<Server>> start(std::vector<std::string> addresses, Log& log) {
  ServerOptions options;
  options.listen_addresses = std::move(addresses);
  return Server::start(
      std::move(options), [](const HttpServerRequest&) { return HttpServerResponse{}; }, log);
}

int status_at(const std::string& address) {
  RawClient client(address);
  client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
  return client.read_answer().status;
}

std::string port_of(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

TEST(ListenAddress, IsHostAndPort) {
  EXPECT_EQ(parse_listen_address(":10468"), (ListenAddress{.host = "", .port = 10468}));
  EXPECT_EQ(parse_listen_address("127.0.0.1:0"), (ListenAddress{.host = "127.0.0.1", .port = 0}));
  EXPECT_EQ(parse_listen_address("localhost:65535"), (ListenAddress{.host = "localhost", .port = 65535}));
  EXPECT_EQ(parse_listen_address("[::1]:80"), (ListenAddress{.host = "::1", .port = 80}));
}

TEST(ListenAddress, QuotesWhatIsNone) {
  for (const std::string text : {"", "10468", "host", "host:", ":65536", ":-1", ":+1", ":1x", "::1:80", "::1",
                                 "[]:80", "[127.0.0.1]:80", "[::1:80", "a b:80", "http://host:80"}) {
    const auto address = parse_listen_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().kind, ErrorKind::bad_config);
    EXPECT_THAT(address.error().message, HasSubstr("\"" + text + "\""));
  }
}

TEST(ServerStart, ListensOnAllAddressesAndTellsThePortsThatWerePicked) {
  FakeLog log;
  const auto server = start({"127.0.0.1:0", "localhost:0"}, log);
  ASSERT_TRUE(server);
  ASSERT_THAT((*server)->addresses(), SizeIs(2));
  for (const std::string& address : (*server)->addresses()) {
    EXPECT_THAT(address, MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
    EXPECT_EQ(status_at(address), 200);
  }
}

TEST(ServerStart, ListensOnAllInterfacesWithoutAHost) {
  FakeLog log;
  const auto server = start({":0"}, log);
  ASSERT_TRUE(server);
  const std::string address = (*server)->addresses().front();
  EXPECT_EQ(status_at("127.0.0.1:" + port_of(address)), 200);
  if (address.starts_with("[")) {
    EXPECT_EQ(status_at("[::1]:" + port_of(address)), 200);
  }
}

TEST(ServerStart, ListensOnIpv6) {
  FakeLog log;
  const auto server = start({"[::1]:0"}, log);
  if (!server) {
    GTEST_SKIP() << "no IPv6 here: " << server.error().message;
  }
  EXPECT_THAT((*server)->addresses().front(), MatchesRegex("\\[::1\\]:[1-9][0-9]*"));
  EXPECT_EQ(status_at((*server)->addresses().front()), 200);
}

TEST(ServerStart, NamesAnAddressThatIsTakenAndLeavesNothingOpen) {
  FakeLog log;
  auto first = start({"127.0.0.1:0"}, log);
  const auto second = start({"127.0.0.1:0"}, log);
  ASSERT_TRUE(first && second);
  const std::string free = (*first)->addresses().front();
  const std::string taken = (*second)->addresses().front();
  first->reset();

  const auto refused = start({free, taken}, log);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::address_in_use);
  EXPECT_THAT(refused.error().message, HasSubstr(taken));
  EXPECT_FALSE(RawClient(free).connected());
}

TEST(ServerStart, RefusesWhatIsNoAddressOfThisMachine) {
  FakeLog log;
  for (const std::string address : {"nonsense", "192.0.2.1:0", "no-such-host.invalid:0"}) {
    const auto server = start({address}, log);
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().kind, ErrorKind::bad_config) << server.error().message;
  }
  EXPECT_FALSE(start({}, log));
}

}  // namespace
}  // namespace iothub

// A Server on a port of 127.0.0.1 with a handler that knows a few paths, for tests of the server alone.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/fake_log.hpp"
#include "support/raw_client.hpp"
#include "web/server.hpp"

namespace iothub {

class TestServer {
 public:
  static constexpr std::size_t kBigBody = std::size_t{8} * 1024 * 1024;  // more than the kernel buffers

  static ServerOptions loopback() {
    ServerOptions options;
    options.listen_addresses = {"127.0.0.1:0"};
    options.head_timeout = std::chrono::minutes{1};  // no deadline passes unless the test says so
    options.write_timeout = std::chrono::minutes{1};
    return options;
  }

  explicit TestServer(const ServerOptions& options = loopback())
      : big_(std::make_shared<const std::string>(kBigBody, 'b')),
        server_(std::move(*Server::start(
            options, [this](const HttpServerRequest& request) { return answer(request); }, log_))) {}

  [[nodiscard]] RawClient connect(int receive_buffer = 0) const {
    return RawClient(server_->addresses().front(), receive_buffer);
  }

  // One GET on a connection of its own.
  [[nodiscard]] RawAnswer get(const std::string& path) const {
    RawClient client = connect();
    client.send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    return client.read_answer();
  }

  // A connection that has asked for the big body and reads only the first bytes of it.
  [[nodiscard]] RawClient slow_reader() const {
    RawClient client = connect(4096);
    client.send("GET /big HTTP/1.1\r\nHost: test\r\n\r\n");
    client.wait_for_bytes();
    return client;
  }

  [[nodiscard]] Server& server() const { return *server_; }
  [[nodiscard]] const FakeLog& log() const { return log_; }
  [[nodiscard]] int calls() const { return calls_; }
  [[nodiscard]] long holders_of_big_body() const { return big_.use_count() - 1; }
  void stop() { server_.reset(); }

 private:
  HttpServerResponse answer(const HttpServerRequest& request) {
    ++calls_;
    HttpServerResponse response;
    if (request.path == "/big") {
      response.body = {big_};
    } else if (request.path == "/throw") {
      throw std::runtime_error("secret detail");
    } else if (request.path == "/injected") {
      response.headers.emplace_back("Location", "/\r\nSet-Cookie: stolen");
    } else if (request.path == "/not-modified") {
      response.status = 304;
    } else {
      response.headers.emplace_back("X-Test", "yes");
      response.body = {std::make_shared<const std::string>(request.method + " "),
                       std::make_shared<const std::string>(),
                       std::make_shared<const std::string>(request.path + "|" + request.query)};
    }
    return response;
  }

  FakeLog log_;
  std::atomic<int> calls_ = 0;
  BodyPart big_;
  std::unique_ptr<Server> server_;
};

}  // namespace iothub

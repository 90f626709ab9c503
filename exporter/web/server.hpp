// Serves HTTP/1.1 to an untrusted network: GET and HEAD, bounded heads, no request bodies, absolute
// deadlines.
//
// One thread of its own, asynchronous, on Boost.Asio and Beast; what a request means is decided by a Handler
// (site.hpp), which knows no sockets. A newcomer is never refused: when all places are taken, the oldest
// connection that has not sent a complete request gives way, or, when most places are busy with answers, the
// one that has been answered for longest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "core/result.hpp"

namespace iothub {

struct HttpServerRequest {
  std::string
      method;  // "GET" or "HEAD", or another one that the handler is to refuse; HEAD is answered like GET
  std::string path;                                          // the target before '?', not decoded
  std::string query;                                         // after '?', not decoded
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

// The parts of a body are written one after another without copying them; several connections may share them.
using BodyPart = std::shared_ptr<const std::string>;

struct HttpServerResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  // Further ones, with values of ours and never from the request. Length, type, connection and nosniff are
  // the server's; a line break in a header, or one of those, makes the answer a 500.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<BodyPart> body;
};

struct ServerOptions {
  std::vector<std::string> listen_addresses{":10468"};  // host:port, :port, [::1]:port; port 0 picks one
  // No traffic extends these three: from accepting or from the first byte of a later request; between two
  // requests of one connection; for writing one whole answer, where Prometheus itself gives up after as long.
  std::chrono::milliseconds head_timeout{5'000};
  std::chrono::milliseconds idle_timeout{75'000};
  std::chrono::milliseconds write_timeout{10'000};
  std::size_t max_connections = 512;  // lowered to the limit of open files less 64
};

class Server {
 public:
  // Called on the server's thread only, one request at a time, so it must not wait for anything. Requests
  // that are malformed or announce a body never reach it; what it throws becomes a 500.
  using Handler = std::function<HttpServerResponse(const HttpServerRequest&)>;

  // Binds all addresses and starts serving. Errors: address_in_use, bad_config (not an address), internal.
  // `log` is used from the server's thread and must outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Handler handler,
                                                             Log& log);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Stops accepting, lets answers under way finish for at most a second, then closes everything and joins.
  ~Server();

  // The addresses that are bound, with the ports that were picked: "127.0.0.1:10468", "[::]:10468".
  [[nodiscard]] std::vector<std::string> addresses() const;

  // How many answers are being written right now. Callable from any thread, like addresses().
  [[nodiscard]] std::size_t in_flight() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace iothub

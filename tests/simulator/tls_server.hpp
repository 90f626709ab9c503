// Serves a handler over HTTPS. Each connection has a thread of a large pool, so that answers which never come
// keep nobody else waiting.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "simulator/authority.hpp"
#include "simulator/message.hpp"

namespace azure_simulator {

class TlsServer {
 public:
  // Called from many threads at once.
  using Handler = std::function<Reply(const Request&)>;

  // Accepts from the moment this returns. Port 0 picks one.
  [[nodiscard]] static tl::expected<std::unique_ptr<TlsServer>, std::string> start(const std::string& host,
                                                                                   int port,
                                                                                   TlsContext context,
                                                                                   Handler handler);
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer();

  [[nodiscard]] int port() const;

  // Drops every connection, also those in the midst of an answer, and returns when all threads have ended.
  void stop();

 private:
  class Impl;
  explicit TlsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace azure_simulator

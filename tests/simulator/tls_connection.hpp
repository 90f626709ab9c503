// One accepted connection: the stream that cpp-httplib reads requests from and writes answers to, which is
// also able to answer badly. Used by one thread; only shutting the socket down may come from another.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <httplib.h>
#include <openssl/ssl.h>

#include "simulator/message.hpp"

namespace azure_simulator {

class TlsConnection final : public httplib::Stream {
 public:
  // `socket` stays the caller's, who closes it afterwards.
  TlsConnection(SSL_CTX& context, int socket);

  // False if the client does not speak TLS or does not trust us.
  bool handshake();
  // Waits for the first byte of the next request; false if there will be none.
  bool has_request();
  // Makes the connection findable by of() and keeps the library from packing the answer (with brotli, which
  // takes it seconds), from cutting ranges out of it, and from parsing forms, of which it takes 8 KB only.
  void prepare(httplib::Request& request);
  static TlsConnection& of(const httplib::Request& request);
  [[nodiscard]] const std::string& accept_encoding() const { return accept_encoding_; }
  [[nodiscard]] const std::string& content_type() const { return content_type_; }

  // How the answer of the request at hand is to be delivered. Forgotten by the next has_request().
  void deliver(Delivery delivery, Duration drip_interval);
  // False as soon as the client is gone or the socket was shut down, else true after `duration`; negative:
  // for ever.
  [[nodiscard]] bool wait(Duration duration) const;
  [[nodiscard]] bool is_spoiled() const { return spoiled_; }

  [[nodiscard]] bool is_readable() const override { return true; }
  [[nodiscard]] bool is_writable() const override { return !spoiled_; }
  ssize_t read(char* data, std::size_t size) override;
  ssize_t write(const char* data, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  ssize_t write_whole(const char* data, std::size_t size);
  ssize_t write_dripping(const char* data, std::size_t size);

  std::unique_ptr<SSL, SslDeleter> ssl_;
  int socket_;
  std::string accept_encoding_;
  std::string content_type_;
  Delivery delivery_ = Delivery::whole;
  Duration drip_interval_{0};
  bool head_sent_ = false;
  bool spoiled_ = false;  // nothing more may be sent
};

}  // namespace azure_simulator

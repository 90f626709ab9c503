// One listening socket, for Server: binds before there is a thread, then accepts for ever.
//
// No error of accept() ends it; what cannot pass by itself (no descriptors, no memory) is tried again a
// little later.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/result.hpp"
#include "web/limited_log.hpp"

namespace iothub {

class Listener {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // `address` as in listen_address.hpp; of the addresses of a name one is taken, an IPv4 one if there is one.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> bind(boost::asio::io_context& io,
                                                              const std::string& address, Log& log);

  // "127.0.0.1:10468", with the port that was picked.
  [[nodiscard]] const std::string& address() const { return address_; }

  // Hands over each new connection from now on.
  void start(std::function<void(Socket)> on_socket, std::function<void()> on_shortage);

  // Goes on accepting if it is not at it: for whoever caught an exception out of a callback.
  void accept_next();

  void close();

 private:
  Listener(boost::asio::io_context& io, Log& log);
  void accepted(const boost::system::error_code& error, Socket socket);
  void accept_later(const boost::system::error_code& error);

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::chrono::milliseconds next_pause_;
  bool accepting_ = false;  // an accept or a pause is under way
  std::string address_;
  std::function<void(Socket)> on_socket_;
  std::function<void()> on_shortage_;
  LimitedLog log_;
};

}  // namespace iothub

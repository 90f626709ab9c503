// One client's connection: reads a head, writes the answer, again. Asynchronous, for ConnectionPool, on its
// thread.
//
// It holds no buffer while nothing is half-read: bytes arrive in the pool's buffer, and only an incomplete
// head or pipelined requests are kept, at most kMaxHeadBytes. The parts of a body are written from where they
// are.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "core/clock.hpp"
#include "web/request_head.hpp"
#include "web/server.hpp"

namespace iothub {

class ConnectionPool;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  enum class Phase : std::uint8_t {
    head,     // a head is to come, or is incomplete; also after the last answer, until the client closes
    idle,     // kept alive, silent
    writing,  // a complete request is being answered
  };

  // Where the pool has filed it.
  struct Place {
    Phase phase = Phase::head;
    SteadyTime since;
    std::list<std::shared_ptr<Connection>>::iterator position;
  };

  Connection(boost::asio::ip::tcp::socket socket, ConnectionPool& pool);

  // Reads what is there already.
  void start();

  // An answer under way is cut off, and what the kernel still holds of it for a slow reader is thrown away.
  void close();
  [[nodiscard]] bool is_open() const { return socket_.is_open(); }

  Place& place() { return place_; }

 private:
  void wait_readable();
  void receive();
  void discard(std::size_t bytes);
  void read_head();
  void answer(const RequestHead& head);
  void send(HttpServerResponse response, bool with_body);
  void sent(const boost::system::error_code& error);
  void finish();

  boost::asio::ip::tcp::socket socket_;
  ConnectionPool& pool_;
  Place place_;

  std::string unread_;    // an incomplete head, or requests that wait for the answer before them
  std::size_t seen_ = 0;  // how much of it was found incomplete
  bool keep_alive_ = true;
  bool finished_ = false;  // the last answer is written; what still comes is thrown away
  std::size_t discarded_ = 0;

  std::string head_;  // of the answer under way, like the next two; empty otherwise
  std::vector<BodyPart> body_;
  std::vector<boost::asio::const_buffer> buffers_;
};

}  // namespace iothub

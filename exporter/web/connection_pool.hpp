// All connections of a Server: who is late, who gives way when all places are taken, what a request is
// answered.
//
// Every deadline is absolute and each phase has one time limit, so the connections of a phase queue up in the
// order of their deadlines: one timer for all, and the oldest is always at the front.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "web/connection.hpp"
#include "web/limited_log.hpp"
#include "web/server.hpp"

namespace iothub {

class ConnectionPool {
 public:
  ConnectionPool(boost::asio::io_context& io, const ServerOptions& options, Server::Handler handler,
                 Log& log);
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;
  ~ConnectionPool() = default;

  // Takes a new connection, if need be in the place of another.
  void admit(boost::asio::ip::tcp::socket socket);

  // Closes the oldest connection without a complete request, if there is one.
  void close_oldest_incomplete();

  // Closes at once whoever is late, and looks again when the next one will be.
  void close_late();

  // Closes all but the answers under way; `on_empty` is called when these are written.
  void stop(std::function<void()> on_empty);

  // Answers under way. Callable from any thread.
  [[nodiscard]] std::size_t in_flight() const { return in_flight_.load(std::memory_order_relaxed); }

  // For Connection:

  void enter(Connection& connection, Connection::Phase phase);
  void drop(Connection& connection);
  // The handler's answer, or 500 if it threw.
  [[nodiscard]] HttpServerResponse answer(const HttpServerRequest& request);
  void warn_unsendable(int status);
  // Shared by all: good until the next asynchronous wait.
  [[nodiscard]] std::span<char, kMaxHeadBytes> read_buffer() { return read_buffer_; }
  [[nodiscard]] bool stopping() const { return stopping_; }

 private:
  using Queue = std::list<std::shared_ptr<Connection>>;  // the front has been in its phase for longest

  Queue& queue(Connection::Phase phase) { return queues_.at(static_cast<std::size_t>(phase)); }
  [[nodiscard]] SteadyTime deadline(Connection& connection) const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] Connection* oldest_incomplete();
  void make_room();
  void watch(SteadyTime deadline);
  void count_answers();

  std::array<std::chrono::milliseconds, 3> time_limits_;  // by phase, like the queues
  std::array<Queue, 3> queues_;
  std::size_t max_connections_;
  Server::Handler handler_;
  LimitedLog handler_log_;
  boost::asio::steady_timer timer_;
  std::optional<SteadyTime> watched_;  // when the timer will go off
  std::atomic<std::size_t> in_flight_ = 0;
  std::array<char, kMaxHeadBytes> read_buffer_{};
  bool stopping_ = false;
  std::function<void()> on_empty_;
};

}  // namespace iothub

#include "web/connection_pool.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

#include "web/response_head.hpp"

namespace iothub {

namespace {

using Phase = Connection::Phase;

SteadyTime now() {
  return boost::asio::steady_timer::clock_type::now();
}

}  // namespace

ConnectionPool::ConnectionPool(boost::asio::io_context& io, const ServerOptions& options,
                               Server::Handler handler, Log& log)
    : time_limits_{options.head_timeout, options.idle_timeout, options.write_timeout},
      max_connections_(options.max_connections),
      handler_(std::move(handler)),
      handler_log_(log),
      timer_(io) {}

std::size_t ConnectionPool::size() const {
  std::size_t all = 0;
  for (const Queue& queue : queues_) {
    all += queue.size();
  }
  return all;
}

SteadyTime ConnectionPool::deadline(Connection& connection) const {
  const Connection::Place& place = connection.place();
  return place.since + time_limits_.at(static_cast<std::size_t>(place.phase));
}

void ConnectionPool::admit(boost::asio::ip::tcp::socket socket) {
  if (stopping_) {
    return;
  }
  make_room();
  auto connection = std::make_shared<Connection>(std::move(socket), *this);
  Queue& heads = queue(Phase::head);
  heads.push_back(connection);
  connection->place() = {Phase::head, now(), std::prev(heads.end())};
  watch(deadline(*connection));
  connection->start();
}

Connection* ConnectionPool::oldest_incomplete() {
  Queue& heads = queue(Phase::head);
  Queue& idle = queue(Phase::idle);
  if (heads.empty() || idle.empty()) {
    Queue& either = heads.empty() ? idle : heads;
    return either.empty() ? nullptr : either.front().get();
  }
  return (heads.front()->place().since < idle.front()->place().since ? heads : idle).front().get();
}

void ConnectionPool::close_oldest_incomplete() {
  if (Connection* oldest = oldest_incomplete()) {
    drop(*oldest);
  }
}

// Slow readers must not squeeze those who still ask into so few places that each of them is pushed out by the
// next newcomer before its request has arrived: beyond three quarters of the places, a writer gives way.
void ConnectionPool::make_room() {
  if (size() < max_connections_) {
    return;
  }
  const Queue& writing = queue(Phase::writing);
  if (writing.size() * 4 > max_connections_ * 3) {
    drop(*writing.front());
  } else {
    close_oldest_incomplete();
  }
}

void ConnectionPool::enter(Connection& connection, Phase phase) {
  Connection::Place& place = connection.place();
  queue(phase).splice(queue(phase).end(), queue(place.phase), place.position);
  place.phase = phase;
  place.since = now();
  count_answers();
  watch(deadline(connection));
}

void ConnectionPool::drop(Connection& connection) {
  if (!connection.is_open()) {
    return;
  }
  connection.close();
  const Connection::Place place = connection.place();
  queue(place.phase).erase(place.position);  // perhaps the end of `connection`
  count_answers();
  if (stopping_ && size() == 0) {
    on_empty_();
  }
}

void ConnectionPool::count_answers() {
  in_flight_.store(queue(Phase::writing).size(), std::memory_order_relaxed);
}

void ConnectionPool::watch(SteadyTime deadline) {
  if (watched_ && *watched_ <= deadline) {
    return;
  }
  timer_.expires_at(deadline);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) {
      close_late();
    }
  });
  watched_ = deadline;
}

void ConnectionPool::close_late() {
  watched_.reset();
  const SteadyTime time = now();
  for (Queue& queue : queues_) {
    while (!queue.empty() && deadline(*queue.front()) <= time) {
      drop(*queue.front());
    }
    if (!queue.empty()) {
      watch(deadline(*queue.front()));
    }
  }
}

void ConnectionPool::stop(std::function<void()> on_empty) {
  stopping_ = true;
  on_empty_ = std::move(on_empty);
  while (Connection* waiting = oldest_incomplete()) {
    drop(*waiting);
  }
  if (size() == 0) {
    on_empty_();
  }
}

HttpServerResponse ConnectionPool::answer(const HttpServerRequest& request) {
  try {
    return handler_(request);
  } catch (const std::exception& error) {
    handler_log_.warn(now(), "a page could not be made", error.what());
  } catch (...) {
    handler_log_.warn(now(), "a page could not be made", "unknown exception");
  }
  return plain_response(500);
}

void ConnectionPool::warn_unsendable(int status) {
  handler_log_.warn(now(), "a page could not be made",
                    "unfit status or header, status " + std::to_string(status));
}

}  // namespace iothub

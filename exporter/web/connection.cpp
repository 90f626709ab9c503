#include "web/connection.hpp"

#include <span>
#include <utility>
#include <variant>

#include <boost/asio/write.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "web/connection_pool.hpp"
#include "web/response_head.hpp"

namespace iothub {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// How much the kernel takes from us that it has not sent yet. Without a limit, a client that does not read
// makes it keep megabytes, which count against the memory limit of a container.
constexpr int kMaxUnsentBytes = 256 * 1024;

// How much of what a client sends after its last answer is read. Closing with unread bytes would reset the
// connection, and the client would lose the answer.
constexpr std::size_t kMaxDiscardedBytes = kMaxHeadBytes;

// How much is handed to the kernel at once: what it takes. Asio by itself would stop after 64 KiB each time.
constexpr std::size_t kMaxWriteBytes = std::size_t{1024} * 1024;

std::size_t next_write(const error_code& error, std::size_t /*written*/) {
  return error ? 0 : kMaxWriteBytes;
}

// A span is a cheap buffer sequence: Asio copies the sequence with every step.
using Buffers = std::span<const boost::asio::const_buffer>;

}  // namespace

Connection::Connection(tcp::socket socket, ConnectionPool& pool) : socket_(std::move(socket)), pool_(pool) {
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMaxUnsentBytes,
               sizeof kMaxUnsentBytes);
}

void Connection::start() {
  error_code error;
  socket_.non_blocking(true, error);
  if (error) {
    pool_.drop(*this);
    return;
  }
  receive();
}

void Connection::close() {
  error_code ignored;
  if (!buffers_.empty()) {
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  }
  socket_.close(ignored);
}

void Connection::wait_readable() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
    if (self->is_open() && !error) {
      self->receive();
    }
  });
}

void Connection::receive() {
  const auto space = pool_.read_buffer().first(kMaxHeadBytes - unread_.size());
  error_code error;
  const std::size_t bytes = socket_.read_some(boost::asio::buffer(space.data(), space.size()), error);
  if (error == boost::asio::error::would_block) {
    wait_readable();
  } else if (error) {
    pool_.drop(*this);
  } else if (finished_) {
    discard(bytes);
  } else {
    unread_.append(space.data(), bytes);
    read_head();
  }
}

void Connection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > kMaxDiscardedBytes) {
    pool_.drop(*this);
  } else {
    wait_readable();
  }
}

void Connection::read_head() {
  const HeadReading reading = read_request_head(unread_, seen_);
  if (const auto* refused = std::get_if<RefusedHead>(&reading)) {
    keep_alive_ = false;
    send(plain_response(refused->status), true);
  } else if (const auto* head = std::get_if<RequestHead>(&reading)) {
    unread_.erase(0, head->size);
    seen_ = 0;
    keep_alive_ = head->keep_alive;
    answer(*head);
  } else {
    seen_ = unread_.size();
    if (place_.phase != Phase::head) {
      pool_.enter(*this, Phase::head);
    }
    wait_readable();
  }
}

void Connection::answer(const RequestHead& head) {
  if (unread_.empty()) {
    unread_.shrink_to_fit();
  }
  send(pool_.answer(head.request), head.request.method != "HEAD");
}

void Connection::send(HttpServerResponse response, bool with_body) {
  keep_alive_ = keep_alive_ && !pool_.stopping();
  auto head = write_response_head(response, keep_alive_);
  if (!head) {
    pool_.warn_unsendable(response.status);
    send(plain_response(500), with_body);
    return;
  }
  head_ = std::move(*head);
  buffers_.emplace_back(head_.data(), head_.size());
  if (with_body && may_have_body(response.status)) {
    body_ = std::move(response.body);
    for (const BodyPart& part : body_) {
      buffers_.emplace_back(part->data(), part->size());
    }
  }
  pool_.enter(*this, Phase::writing);
  boost::asio::async_write(
      socket_, Buffers(buffers_), next_write,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->sent(error); });
}

void Connection::sent(const error_code& error) {
  std::string().swap(head_);
  std::vector<BodyPart>().swap(body_);
  std::vector<boost::asio::const_buffer>().swap(buffers_);
  if (!is_open()) {
    return;
  }
  if (error) {
    pool_.drop(*this);
  } else if (!keep_alive_ || pool_.stopping()) {
    finish();
  } else if (!unread_.empty()) {
    read_head();
  } else {
    pool_.enter(*this, Phase::idle);
    wait_readable();
  }
}

void Connection::finish() {
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error || pool_.stopping()) {
    pool_.drop(*this);
    return;
  }
  finished_ = true;
  std::string().swap(unread_);
  pool_.enter(*this, Phase::head);
  receive();
}

}  // namespace iothub

#include "simulator/tls_connection.hpp"

#include <algorithm>
#include <limits>

#include <poll.h>

namespace azure_simulator {

TlsConnection::TlsConnection(SSL_CTX& context, int socket) : ssl_(SSL_new(&context)), socket_(socket) {
  if (ssl_) {
    SSL_set_fd(ssl_.get(), socket);
    SSL_set_app_data(ssl_.get(), this);
  }
}

bool TlsConnection::handshake() {
  return ssl_ && SSL_accept(ssl_.get()) == 1;
}

bool TlsConnection::has_request() {
  delivery_ = Delivery::whole;
  head_sent_ = false;
  char byte = 0;
  return !spoiled_ && SSL_peek(ssl_.get(), &byte, 1) == 1;
}

TlsConnection& TlsConnection::of(const httplib::Request& request) {
  return *static_cast<TlsConnection*>(SSL_get_app_data(request.ssl));
}

void TlsConnection::prepare(httplib::Request& request) {
  accept_encoding_ = request.get_header_value("Accept-Encoding");
  request.headers.erase("Accept-Encoding");
  content_type_ = request.get_header_value("Content-Type");
  request.headers.erase("Content-Type");
  request.ranges.clear();
  request.ssl = ssl_.get();
}

void TlsConnection::deliver(Delivery delivery, Duration drip_interval) {
  delivery_ = delivery;
  drip_interval_ = drip_interval;
  spoiled_ = delivery == Delivery::closed || delivery == Delivery::never;
}

bool TlsConnection::wait(Duration duration) const {
  constexpr Duration longest{std::numeric_limits<int>::max()};
  pollfd gone{.fd = socket_, .events = POLLRDHUP, .revents = 0};
  const int timeout = duration < Duration{0} ? -1 : static_cast<int>(std::min(duration, longest).count());
  return ::poll(&gone, 1, timeout) == 0;
}

ssize_t TlsConnection::read(char* data, std::size_t size) {
  return SSL_read(ssl_.get(), data,
                  static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max())));
}

ssize_t TlsConnection::write_whole(const char* data, std::size_t size) {
  std::size_t written = 0;
  return SSL_write_ex(ssl_.get(), data, size, &written) == 1 ? static_cast<ssize_t>(written) : -1;
}

ssize_t TlsConnection::write_dripping(const char* data, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    if (!wait(drip_interval_) || write_whole(data + i, 1) != 1) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

// cpp-httplib writes the head in one piece and the body in another.
ssize_t TlsConnection::write(const char* data, std::size_t size) {
  if (spoiled_) {
    return -1;
  }
  if (size == 0) {
    return 0;
  }
  const bool is_body = head_sent_;
  head_sent_ = true;
  if (is_body && delivery_ == Delivery::dripped) {
    return write_dripping(data, size);
  }
  if (is_body && delivery_ == Delivery::truncated) {
    if (size > 1) {
      write_whole(data, size / 2);
    }
    spoiled_ = true;
    return -1;
  }
  return write_whole(data, size);
}

// Nobody looks at addresses here.
void TlsConnection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void TlsConnection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace azure_simulator

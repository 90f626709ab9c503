// A client that sends any bytes, however wrong, and reads what comes back: blocking, one socket.
//
// Nothing in a test waits for longer than ten seconds here: then a read ends as if the other side had closed.
#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/ascii.hpp"

namespace iothub {

struct RawAnswer {
  int status = 0;  // 0: the connection ended before a whole answer
  std::string head;
  std::string body;

  // The value of a header, or "".
  [[nodiscard]] std::string header(std::string_view name) const {
    const auto start = ascii_lower(head).find("\r\n" + ascii_lower(name) + ": ");
    if (start == std::string::npos) {
      return "";
    }
    const auto value = start + name.size() + 4;
    return head.substr(value, head.find("\r\n", value) - value);
  }
};

class RawClient {
 public:
  // `address` is "127.0.0.1:80" or "[::1]:80". A small `receive_buffer` makes a reader that is soon full.
  explicit RawClient(const std::string& address, int receive_buffer = 0) {
    const auto colon = address.rfind(':');
    std::string host = address.substr(0, colon);
    if (host.starts_with('[')) {
      host = host.substr(1, host.size() - 2);
    }
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) {
      return;
    }
    fd_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (receive_buffer > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    connected_ = ::connect(fd_, found->ai_addr, found->ai_addrlen) == 0;
    ::freeaddrinfo(found);
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_), unread_(std::move(other.unread_)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  [[nodiscard]] bool connected() const { return connected_; }

  // Whether all of it could be sent: not if the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        connected_ = false;
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Says that nothing more will be sent.
  void end() const { ::shutdown(fd_, SHUT_WR); }

  // The next answer; `has_body` is false after a HEAD request.
  RawAnswer read_answer(bool has_body = true) {
    auto end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) {
        return {};
      }
    }
    RawAnswer answer{.status = 0, .head = take(end + 4), .body = ""};
    const int status = to_int(answer.head.substr(std::string_view("HTTP/1.1 ").size(), 3));
    const auto length = has_body ? static_cast<std::size_t>(to_int(answer.header("Content-Length"))) : 0;
    while (unread_.size() < length) {
      if (!receive()) {
        return {};
      }
    }
    answer.body = take(length);
    answer.status = status;
    return answer;
  }

  // Everything until the other side closes or resets.
  std::string read_to_end() {
    while (receive()) {
    }
    return take(unread_.size());
  }

  // Whether bytes or the end of the connection came within that time.
  [[nodiscard]] bool readable_within(std::chrono::milliseconds time) const {
    pollfd poll{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, static_cast<int>(time.count())) == 1;
  }

  // Waits for the first byte of what the other side sends. False if it closes instead.
  bool wait_for_bytes() { return !unread_.empty() || receive(); }

 private:
  static int to_int(const std::string& text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }

  bool receive() {
    std::array<char, 65536> bytes{};
    const auto received = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (received <= 0) {
      return false;
    }
    unread_.append(bytes.data(), static_cast<std::size_t>(received));
    return true;
  }

  std::string take(std::size_t size) {
    std::string taken = unread_.substr(0, size);
    unread_.erase(0, size);
    return taken;
  }

  int fd_ = -1;
  bool connected_ = false;
  std::string unread_;
};

}  // namespace iothub

// A server on loopback that does with each connection what the test says, byte by byte: it can answer
// wrongly, stop half-way or fall silent. Every connection has a thread of its own; the destructor ends them
// all.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace iothub {

// A bound TCP socket on 127.0.0.1 that listens on a port of its own choice.
class ListeningSocket {
 public:
  explicit ListeningSocket(int backlog = 64) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(fd_, backlog) != 0 ||
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      throw std::runtime_error("no listening socket");
    }
    port_ = ntohs(address.sin_port);
  }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;
  ~ListeningSocket() { close(fd_); }

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

// One accepted connection. read() gives nothing when the client has closed it, or the server ends.
class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;
  virtual ~RawConnection() { close(fd_); }

  // Before the first byte: a TLS handshake. False ends the connection.
  virtual bool begin() { return true; }
  virtual std::string read() {
    std::string bytes(16U << 10U, '\0');
    const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // False when the client no longer takes anything.
  virtual bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next request up to the empty line after its headers; empty when there is none. Bodies are left out as
  // long as they come in the same piece.
  std::string read_head() {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
      const std::string piece = read();
      if (piece.empty()) {
        return {};
      }
      head += piece;
    }
    return head;
  }

  // Says nothing more until the client gives up or the server ends.
  void hang() {
    while (!read().empty()) {
    }
  }

  // Ends the connection with a reset instead of an orderly end.
  void reset() const {
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    static_cast<void>(connect(fd_, &nowhere, sizeof nowhere));
  }

  void shut_down() const { shutdown(fd_, SHUT_RDWR); }

 protected:
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

class RawServer {
 public:
  using Session = std::function<void(RawConnection&)>;
  using Accept = std::function<std::shared_ptr<RawConnection>(int fd)>;

  explicit RawServer(
      Session session, Accept accept = [](int fd) { return std::make_shared<RawConnection>(fd); })
      : session_(std::move(session)), accept_(std::move(accept)), acceptor_([this] { accept_all(); }) {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));  // as main does
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    shutdown(socket_.fd(), SHUT_RDWR);
    acceptor_.join();
    for (const auto& connection : open_) {
      connection->shut_down();
    }
    for (std::thread& thread : sessions_) {
      thread.join();
    }
  }

  // One answer for each request on a connection.
  static Session answering(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      while (!connection.read_head().empty() && connection.write(bytes)) {
      }
    };
  }

  // One answer, then the connection is closed.
  static Session answering_once(std::string bytes) {
    return [bytes = std::move(bytes)](RawConnection& connection) {
      connection.read_head();
      connection.write(bytes);
    };
  }

  [[nodiscard]] std::uint16_t port() const { return socket_.port(); }
  [[nodiscard]] std::string url(std::string_view scheme = "http", std::string_view host = "127.0.0.1") const {
    return std::string(scheme) + "://" + std::string(host) + ":" + std::to_string(port()) + "/";
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all() {
    for (int fd = 0; (fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      ++connections_;
      open_.push_back(accept_(fd));
      sessions_.emplace_back([this, connection = open_.back()] {
        if (connection->begin()) {
          session_(*connection);
        }
        connection->shut_down();
      });
    }
  }

  ListeningSocket socket_;
  Session session_;
  Accept accept_;
  std::atomic<int> connections_ = 0;
  std::list<std::shared_ptr<RawConnection>> open_;  // these two belong to the acceptor until it has ended
  std::vector<std::thread> sessions_;
  std::thread acceptor_;
};

}  // namespace iothub

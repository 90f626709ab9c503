#include "web/listener.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <boost/asio/ip/v6_only.hpp>

#include "web/listen_address.hpp"

namespace iothub {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;
namespace errc = boost::system::errc;

constexpr int kBacklog = 4096;  // as many as a flood may queue up; the kernel lowers it to net.core.somaxconn
constexpr std::chrono::milliseconds kShortestPause{10};
constexpr std::chrono::milliseconds kLongestPause{100};

tl::unexpected<Error> cannot_listen(const std::string& address, const error_code& error) {
  ErrorKind kind = ErrorKind::internal;
  if (error == errc::address_in_use) {
    kind = ErrorKind::address_in_use;
  } else if (error == errc::address_not_available) {
    kind = ErrorKind::bad_config;  // not an address of this machine
  }
  return fail(kind, "listen on " + address + ": " + error.message());
}

Result<tcp::endpoint> resolve(boost::asio::io_context& io, const ListenAddress& address) {
  if (address.host.empty()) {
    return tcp::endpoint(tcp::v6(), address.port);
  }
  error_code error;
  const auto literal = boost::asio::ip::make_address(address.host, error);
  if (!error) {
    return tcp::endpoint(literal, address.port);
  }
  tcp::resolver resolver(io);
  const auto found =
      resolver.resolve(address.host, std::to_string(address.port), tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return fail(ErrorKind::bad_config, "listen on " + address.host + ": " + error.message());
  }
  const auto ipv4 = std::find_if(found.begin(), found.end(),
                                 [](const auto& entry) { return entry.endpoint().address().is_v4(); });
  return (ipv4 == found.end() ? found.begin() : ipv4)->endpoint();
}

// Throws boost::system::system_error. SO_REUSEADDR allows a restart while old connections linger;
// SO_REUSEPORT would let a second exporter take half of the scrapes unnoticed.
void listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  if (endpoint.address().is_v6()) {
    acceptor.set_option(boost::asio::ip::v6_only(!endpoint.address().is_unspecified()));
  }
  // Otherwise Asio waits for the next connection after an aborted one, though others are in the queue.
  acceptor.set_option(boost::asio::socket_base::enable_connection_aborted(true));
  acceptor.bind(endpoint);
  acceptor.listen(kBacklog);
}

bool has_no_ipv6(const error_code& error) {
  return error == errc::address_family_not_supported || error == errc::address_not_available;
}

}  // namespace

Listener::Listener(boost::asio::io_context& io, Log& log)
    : acceptor_(io), pause_(io), next_pause_(kShortestPause), log_(log) {}

Result<std::unique_ptr<Listener>> Listener::bind(boost::asio::io_context& io, const std::string& address,
                                                 Log& log) {
  const auto parsed = parse_listen_address(address);
  if (!parsed) {
    return fail(parsed.error());
  }
  auto endpoint = resolve(io, *parsed);
  if (!endpoint) {
    return fail(std::move(endpoint.error()));
  }
  std::unique_ptr<Listener> listener(new Listener(io, log));
  try {
    try {
      listen(listener->acceptor_, *endpoint);
    } catch (const system_error& error) {
      if (!parsed->host.empty() || !has_no_ipv6(error.code())) {
        throw;
      }
      listener->close();
      listen(listener->acceptor_, tcp::endpoint(tcp::v4(), parsed->port));
    }
    std::ostringstream text;
    text << listener->acceptor_.local_endpoint();
    listener->address_ = text.str();
  } catch (const system_error& error) {
    return cannot_listen(address, error.code());
  }
  return listener;
}

void Listener::start(std::function<void(Socket)> on_socket, std::function<void()> on_shortage) {
  on_socket_ = std::move(on_socket);
  on_shortage_ = std::move(on_shortage);
  accept_next();
}

void Listener::accept_next() {
  if (accepting_ || !acceptor_.is_open()) {
    return;
  }
  acceptor_.async_accept(
      [this](const error_code& error, Socket socket) { accepted(error, std::move(socket)); });
  accepting_ = true;
}

void Listener::accepted(const error_code& error, Socket socket) {
  accepting_ = false;
  if (!acceptor_.is_open()) {
    return;
  }
  if (error) {
    accept_later(error);
    return;
  }
  next_pause_ = kShortestPause;
  accept_next();
  on_socket_(std::move(socket));
}

void Listener::accept_later(const error_code& error) {
  log_.warn(boost::asio::steady_timer::clock_type::now(), "cannot accept connections, trying again",
            error.message());
  if (error == errc::too_many_files_open || error == errc::too_many_files_open_in_system) {
    on_shortage_();
  }
  pause_.expires_after(next_pause_);
  next_pause_ = std::min(next_pause_ * 2, kLongestPause);
  pause_.async_wait([this](const error_code& cancelled) {
    accepting_ = false;
    if (!cancelled) {
      accept_next();
    }
  });
  accepting_ = true;
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

}  // namespace iothub

#include "simulator/tls_server.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <sys/socket.h>
#include <unistd.h>

#include "simulator/gzip.hpp"
#include "simulator/letter_case.hpp"
#include "simulator/tls_connection.hpp"

namespace azure_simulator {
namespace {

constexpr std::size_t kThreads = 128;
constexpr int kBacklog = 128;
constexpr int kSocketTimeoutSeconds = 60;
constexpr std::size_t kRequestsPerConnection = 1000;  // only told to clients
constexpr std::size_t kLargestRequest = std::size_t{4} << 20U;

void set_timeouts(int socket) {
  const timeval timeout{.tv_sec = kSocketTimeoutSeconds, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

// The library's own choice is SO_REUSEPORT, with which two simulators would share a port and its clients.
void allow_reuse(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

Request request_of(const httplib::Request& original, const std::string& content_type) {
  Request request{.method = original.method, .target = original.target, .body = original.body};
  for (const auto& [name, value] : original.headers) {
    request.headers.emplace_back(to_lower(name), value);
  }
  if (!content_type.empty()) {
    request.headers.emplace_back("content-type", content_type);
  }
  return request;
}

void fill(httplib::Response& response, Reply reply, bool packed) {
  response.status = reply.status;
  for (const auto& [name, value] : reply.headers) {
    response.set_header(name, value);
  }
  if (packed && !reply.body.empty()) {
    reply.body = gzip(reply.body);
    response.set_header("Content-Encoding", "gzip");
    response.set_header("Vary", "Accept-Encoding");
  }
  if (reply.status != 204) {
    response.set_content(reply.body, reply.content_type);
  }
}

}  // namespace

// cpp-httplib's own SSLServer cannot be stopped while a client is silent, nor answer badly; hence the loop
// over one connection is ours. Routing, parsing and printing stay the library's.
class TlsServer::Impl final : public httplib::Server {
 public:
  Impl(TlsContext context, TlsServer::Handler handler)
      : context_(std::move(context)), handler_(std::move(handler)) {
    new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // NOLINT: the library takes ownership
    set_socket_options(allow_reuse);
    set_payload_max_length(kLargestRequest);
    set_keep_alive_timeout(kSocketTimeoutSeconds);
    set_keep_alive_max_count(kRequestsPerConnection);
    const auto serve = [this](const httplib::Request& request, httplib::Response& response) {
      answer(request, response);
    };
    const std::string everything = ".*";
    Get(everything, serve).Post(everything, serve).Put(everything, serve).Patch(everything, serve);
    Delete(everything, serve).Options(everything, serve);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() override { end(); }

  bool begin(const std::string& host, int port) {
    port_ = port == 0 ? bind_to_any_port(host) : (bind_to_port(host, port) ? port : -1);
    if (port_ <= 0) {
      return false;
    }
    ::listen(svr_sock_, kBacklog);  // the library's own backlog is 5
    thread_ = std::jthread([this] { listen_after_bind(); });
    while (!is_running()) {  // before that, a stop would be lost
      std::this_thread::yield();
    }
    return true;
  }

  void end() {
    if (!thread_.joinable()) {
      return;
    }
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      for (const int socket : open_) {
        ::shutdown(socket, SHUT_RDWR);
      }
    }
    stop();
    thread_.join();
  }

  [[nodiscard]] int port() const { return port_; }

 private:
  bool process_and_close_socket(socket_t socket) override {
    if (enter(socket)) {
      serve_connection(socket);
    }
    leave(socket);
    return true;
  }

  void serve_connection(socket_t socket) {
    set_timeouts(socket);
    TlsConnection connection(*context_, socket);
    if (!connection.handshake()) {
      return;
    }
    bool closed = false;
    while (!closed && connection.has_request()) {
      const bool served = process_request(connection, false, closed,
                                          [&](httplib::Request& request) { connection.prepare(request); });
      closed = closed || !served || connection.is_spoiled();
    }
  }

  void answer(const httplib::Request& original, httplib::Response& response) {
    TlsConnection& connection = TlsConnection::of(original);
    Reply reply = handler_(request_of(original, connection.content_type()));
    const bool alive = reply.delay <= Duration{0} || connection.wait(reply.delay);
    if (alive && reply.delivery == Delivery::never) {
      static_cast<void>(connection.wait(Duration{-1}));
    }
    connection.deliver(alive ? reply.delivery : Delivery::closed, reply.drip_interval);
    fill(response, std::move(reply), accepts_gzip(connection.accept_encoding()));
  }

  bool enter(int socket) {
    const std::scoped_lock lock(mutex_);
    open_.insert(socket);
    return !stopping_;
  }

  void leave(int socket) {
    const std::scoped_lock lock(mutex_);
    open_.erase(socket);
    ::close(socket);
  }

  TlsContext context_;
  TlsServer::Handler handler_;
  int port_ = 0;
  std::mutex mutex_;
  std::set<int> open_;  // their numbers are not reused while they are listed
  bool stopping_ = false;
  std::jthread thread_;
};

TlsServer::TlsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

TlsServer::~TlsServer() = default;

int TlsServer::port() const {
  return impl_->port();
}

void TlsServer::stop() {
  impl_->end();
}

tl::expected<std::unique_ptr<TlsServer>, std::string> TlsServer::start(const std::string& host, int port,
                                                                       TlsContext context, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(context), std::move(handler));
  if (!impl->begin(host, port)) {
    return tl::unexpected<std::string>("cannot listen on " + host + ":" + std::to_string(port));
  }
  return std::unique_ptr<TlsServer>(new TlsServer(std::move(impl)));
}

}  // namespace azure_simulator

#include "web/server.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <sys/resource.h>

#include "web/connection_pool.hpp"
#include "web/listener.hpp"

namespace iothub {

namespace {

constexpr std::chrono::seconds kFarewell{1};   // for answers under way when the server stops
constexpr std::size_t kOtherDescriptors = 64;  // for the rest of the program

ServerOptions within_descriptor_limit(ServerOptions options) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    const std::size_t descriptors = limit.rlim_cur;
    options.max_connections =
        std::min(options.max_connections, descriptors - std::min(descriptors, kOtherDescriptors));
  }
  options.max_connections = std::max<std::size_t>(options.max_connections, 1);
  return options;
}

}  // namespace

class Server::Impl {
 public:
  Impl(const ServerOptions& options, Handler handler, Log& log)
      : pool_(io_, within_descriptor_limit(options), std::move(handler), log), farewell_(io_), log_(log) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    try {
      boost::asio::post(io_, [this] { stop(); });
    } catch (const std::exception&) {  // no memory for a farewell
      io_.stop();
    }
  }

  Result<void> bind(const std::vector<std::string>& addresses, Log& log) {
    for (const std::string& address : addresses) {
      auto listener = Listener::bind(io_, address, log);
      if (!listener) {
        return fail(std::move(listener.error()));
      }
      listeners_.push_back(std::move(*listener));
    }
    return {};
  }

  void start() {
    for (const auto& listener : listeners_) {
      listener->start([this](Listener::Socket socket) { pool_.admit(std::move(socket)); },
                      [this] { pool_.close_oldest_incomplete(); });
    }
    thread_ = std::jthread([this] { serve(); });
  }

  [[nodiscard]] std::vector<std::string> addresses() const {
    std::vector<std::string> addresses;
    for (const auto& listener : listeners_) {
      addresses.push_back(listener->address());
    }
    return addresses;
  }

  [[nodiscard]] std::size_t in_flight() const { return pool_.in_flight(); }

 private:
  // The root of the thread. What escapes to here is a lack of memory. Whoever it hit waits for nothing any
  // more: a connection is found again by its deadline, the others are set going again.
  void serve() {
    bool stumbled = false;
    while (!io_.stopped()) {
      try {
        if (std::exchange(stumbled, false)) {
          pick_up();
        }
        io_.run();
      } catch (const std::exception& error) {
        stumbled = true;
        log_.warn(boost::asio::steady_timer::clock_type::now(), "the web server stumbled, going on",
                  error.what());
      }
    }
  }

  void pick_up() {
    pool_.close_late();
    for (const auto& listener : listeners_) {
      listener->accept_next();
    }
  }

  void stop() {
    for (const auto& listener : listeners_) {
      listener->close();
    }
    farewell_.expires_after(kFarewell);
    farewell_.async_wait([this](const boost::system::error_code&) { io_.stop(); });
    pool_.stop([this] { io_.stop(); });
  }

  // The thread comes last, to be joined first; what then still waits in the context dies with it.
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  ConnectionPool pool_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  boost::asio::steady_timer farewell_;
  LimitedLog log_;
  std::jthread thread_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler handler, Log& log) {
  if (options.listen_addresses.empty()) {
    return fail(ErrorKind::bad_config, "there is no address to listen on");
  }
  try {
    auto impl = std::make_unique<Impl>(options, std::move(handler), log);
    if (auto bound = impl->bind(options.listen_addresses, log); !bound) {
      return fail(std::move(bound.error()));
    }
    impl->start();
    return std::unique_ptr<Server>(new Server(std::move(impl)));
  } catch (const std::exception& error) {
    return fail(ErrorKind::internal, std::string("start the web server: ") + error.what());
  }
}

std::vector<std::string> Server::addresses() const {
  return impl_->addresses();
}

std::size_t Server::in_flight() const {
  return impl_->in_flight();
}

}  // namespace iothub

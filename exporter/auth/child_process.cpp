#include "auth/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
#include <sys/pidfd.h>  // of glibc 2.36, which does not say that it is C
}

namespace iothub {

namespace {

constexpr std::size_t kLargestOutput = 1U << 20U;

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() { reset(); }

  void reset() {
    if (number_ >= 0) {
      close(std::exchange(number_, -1));
    }
  }
  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return {};
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);  // our end only: the program need not know
  return {.read = FileDescriptor(ends[0]), .write = FileDescriptor(ends[1])};
}

// Starts `command` in a process group of its own, with no signal blocked or ignored: ours block SIGTERM.
int spawn(std::vector<std::string>& command, int out, int err, pid_t& pid) {
  std::vector<char*> arguments;
  std::ranges::transform(command, std::back_inserter(arguments),
                         [](std::string& text) { return text.data(); });
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, err, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);  // it may leave a daemon: our port is not for that
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  sigset_t ignored;
  sigemptyset(&ignored);
  sigaddset(&ignored, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &ignored);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// What is there to read now; closes `from` at its end.
void drain(FileDescriptor& from, std::string& into) {
  std::array<char, 4096> bytes{};
  while (from.is_open() && into.size() <= kLargestOutput) {
    const ssize_t count = read(from.get(), bytes.data(), bytes.size());
    if (count > 0) {
      into.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      from.reset();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

// A program that was started. Killed, with its children, and reaped when it is forgotten.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid), exit_(pidfd_open(pid, 0)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      static_cast<void>(end());
    }
  }

  // Readable once it has ended.
  [[nodiscard]] int exit_event() const { return exit_.get(); }

  // Its exit code, once nothing of it is left.
  int end() {
    kill(-pid_, SIGKILL);  // itself too, unless it has ended; then only what it has left behind
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
  FileDescriptor exit_;
};

struct Watch {
  FileDescriptor out;
  FileDescriptor err;
  FileDescriptor stop;
};

// Reads until the child ends. Its children may hold the pipes for longer; nobody waits for them.
Result<ProcessOutput> read_to_end(Child& child, Watch& watch, SteadyTime deadline, const Clock& clock) {
  ProcessOutput output;
  while (child.exit_event() >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.steady_now());
    if (left.count() <= 0) {
      return fail(ErrorKind::timeout, "did not end in time");
    }
    std::array<pollfd, 4> events{{{.fd = watch.out.get(), .events = POLLIN, .revents = 0},
                                  {.fd = watch.err.get(), .events = POLLIN, .revents = 0},
                                  {.fd = watch.stop.get(), .events = POLLIN, .revents = 0},
                                  {.fd = child.exit_event(), .events = POLLIN, .revents = 0}}};
    if (poll(events.data(), events.size(), static_cast<int>(left.count())) < 0 && errno != EINTR) {
      return fail(ErrorKind::internal, "cannot be waited for");
    }
    if (events[2].revents != 0) {
      return fail(ErrorKind::cancelled, "ended, a stop was requested");
    }
    drain(watch.out, output.out);
    drain(watch.err, output.err);
    if (output.out.size() > kLargestOutput || output.err.size() > kLargestOutput) {
      return fail(ErrorKind::bad_response, "wrote more than a megabyte");
    }
    if (events[3].revents != 0) {
      output.exit_code = child.end();
      return output;
    }
  }
  return fail(ErrorKind::internal, "cannot be watched, no file descriptors are left");
}

}  // namespace

Result<ProcessOutput> run_process(std::vector<std::string> command, std::chrono::milliseconds limit,
                                  const Clock& clock, const std::stop_token& stop) {
  const std::string name = command.front();
  const SteadyTime deadline = clock.steady_now() + limit;
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  FileDescriptor stop_event(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!out.read.is_open() || !err.read.is_open() || !stop_event.is_open()) {
    return fail(ErrorKind::internal, name + ": not run, no file descriptors are left");
  }
  pid_t pid = -1;
  if (const int error = spawn(command, out.write.get(), err.write.get(), pid); error != 0) {
    return fail(error == ENOENT ? ErrorKind::not_found : ErrorKind::internal,
                name + ": cannot be run: " + std::generic_category().message(error));
  }
  out.write.reset();
  err.write.reset();
  Child child(pid);
  Watch watch{.out = std::move(out.read), .err = std::move(err.read), .stop = std::move(stop_event)};
  const std::stop_callback wake(stop, [event = watch.stop.get()] { eventfd_write(event, 1); });
  auto output = read_to_end(child, watch, deadline, clock);
  if (!output) {
    return fail(std::move(output.error()).within(name));
  }
  return output;
}

}  // namespace iothub

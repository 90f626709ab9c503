// A program of ours as a test sees it: started with flags and a clean environment, read line by line, and
// gone with the test whatever happens.
#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace iothub {

class Program {
 public:
  using Variables = std::map<std::string, std::string>;

  // Standard output and standard error go to one pipe.
  Program(const std::string& path, std::vector<std::string> flags, const Variables& variables = {}) {
    std::array<int, 2> fds{};
    if (pipe2(fds.data(), O_CLOEXEC) != 0) {
      return;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
    posix_spawn_file_actions_adddup2(&actions, fds[1], 2);
    flags.insert(flags.begin(), path);
    std::vector<std::string> environment;
    for (const auto& [name, value] : with_sanitizer_options(variables)) {
      environment.push_back(name + "=" + value);
    }
    if (posix_spawn(&pid_, path.c_str(), &actions, nullptr, pointers(flags).data(),
                    pointers(environment).data()) != 0) {
      pid_ = -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    close(fds[1]);
    output_ = fds[0];
  }

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  ~Program() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(output_);
  }

  void signal(int number) const { kill(pid_, number); }

  // Whether its files may grow: 0 is a full disk.
  void limit_file_size(rlim_t bytes) const {
    const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
    prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr);
  }

  // Reads until a line holds `text`, and returns that line; nothing if the program ends or half a minute
  // passes first.
  std::optional<std::string> line_with(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (auto line = next_line(deadline)) {
      if (line->find(text) != std::string::npos) {
        return line;
      }
    }
    return std::nullopt;
  }

  // Reads what it writes during that time, or until it ends.
  void read_for(std::chrono::milliseconds time) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (next_line(deadline)) {
    }
  }

  // What it wrote so far, as far as it was read.
  [[nodiscard]] const std::string& output() const { return output_text_; }

  // Asks it to end, if it has not yet, and returns all that it wrote.
  const std::string& everything_written() {
    if (pid_ > 0) {
      signal(SIGTERM);
      exit_code();
    }
    return output_text_;
  }

  // Reads the rest and returns the exit code; minus the signal that ended it.
  int exit_code() {
    while (next_line(std::chrono::steady_clock::now() + std::chrono::seconds{30})) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) {
      result.push_back(text.data());
    }
    result.push_back(nullptr);
    return result;
  }

  static Variables with_sanitizer_options(Variables variables) {
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"}) {
      if (const char* value = std::getenv(name); value != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        variables.try_emplace(name, value);
      }
    }
    return variables;
  }

  std::optional<std::string> next_line(std::chrono::steady_clock::time_point deadline) {
    while (true) {
      if (const auto end = pending_.find('\n'); end != std::string::npos) {
        std::string line = pending_.substr(0, end);
        pending_.erase(0, end + 1);
        return line;
      }
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
      if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) <= 0) {
        return std::nullopt;
      }
      std::array<char, 4096> bytes{};
      const auto count = read(output_, bytes.data(), bytes.size());
      if (count <= 0) {
        return std::nullopt;
      }
      pending_.append(bytes.data(), static_cast<std::size_t>(count));
      output_text_.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::string pending_;
  std::string output_text_;
};

}  // namespace iothub

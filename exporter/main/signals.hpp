// Signals as something to wait for, not as handlers. Made in main before the first thread, so that all
// inherit the mask.
#pragma once

#include <chrono>
#include <csignal>

namespace iothub {

class Signals {
 public:
  // From now on SIGTERM, SIGINT and SIGHUP wait for wait().
  Signals();

  // libcurl may write to a connection that the other side has closed.
  static void ignore_broken_pipes();

  // The next of the three. Blocks.
  [[nodiscard]] int wait() const;

  // Ends the process with status 0 after `grace`, whatever still runs then.
  static void exit_after(std::chrono::milliseconds grace);

 private:
  sigset_t set_{};
};

}  // namespace iothub

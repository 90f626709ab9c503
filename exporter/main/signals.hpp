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

  // A connection that the other side has closed, or a file that may not grow, is an error for whoever writes
  // to it, not the end of the process.
  static void ignore_failing_writes();

  // The next of the three. Blocks.
  [[nodiscard]] int wait() const;

  // Ends the process with status 0 after `grace`, whatever still runs then.
  static void exit_after(std::chrono::milliseconds grace);

 private:
  sigset_t set_{};
};

}  // namespace iothub

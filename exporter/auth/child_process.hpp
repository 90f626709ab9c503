// Runs another program to its end and keeps what it writes.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace iothub {

struct ProcessOutput {
  int exit_code = 0;  // 128 and the signal's number if a signal ended it
  std::string out;
  std::string err;
};

// `command` is the program, looked up in $PATH, and its arguments; no shell sees them. The program gets our
// environment and an empty standard input. Its children are killed when it ends, and all when `limit` has
// passed (timeout), `stop` is requested (cancelled) or it has written more than a megabyte (bad_response).
// Fails with not_found if there is no such program.
[[nodiscard]] Result<ProcessOutput> run_process(std::vector<std::string> command,
                                                std::chrono::milliseconds limit, const Clock& clock,
                                                const std::stop_token& stop);

}  // namespace iothub

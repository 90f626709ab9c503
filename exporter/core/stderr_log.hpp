// Writes log lines to standard error, one line each, as logfmt or JSON, UTC with milliseconds.
//
// A reader that stalls (a full pipe) must not stall the program: a line that cannot be written at once is
// dropped and counted, and the next line that can be written is preceded by one that says how many are
// missing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "core/log.hpp"

namespace spdlog {
class logger;
}

namespace iothub {

enum class LogFormat : std::uint8_t { logfmt, json };

class StderrLog final : public Log {
 public:
  // `fd` is 2 except in tests; it is not closed.
  StderrLog(LogLevel least, LogFormat format, int fd = 2);
  StderrLog(const StderrLog&) = delete;
  StderrLog& operator=(const StderrLog&) = delete;
  ~StderrLog() override;

  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) override;

  // How many messages of `level` were written or dropped so far (those below `least` do not count).
  [[nodiscard]] std::uint64_t messages(LogLevel level) const;

 private:
  LogLevel least_;
  LogFormat format_;
  std::array<std::atomic<std::uint64_t>, kLogLevelNames.size()> messages_{};
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace iothub

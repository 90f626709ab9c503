// Log lines with fields, for the top of a thread: lower layers return errors, they do not log.
//
// StderrLog (stderr_log.hpp) writes them as logfmt or JSON; tests use FakeLog (tests/support/fake_log.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace iothub {

enum class LogLevel : std::uint8_t { debug, info, warn, error };

inline constexpr std::array<std::string_view, 4> kLogLevelNames{"debug", "info", "warn", "error"};

constexpr std::string_view to_string(LogLevel level) {
  return kLogLevelNames.at(static_cast<std::size_t>(level));
}

// Keys are lower snake case and known at compile time; values are escaped by whoever writes the line.
struct LogField {
  std::string_view key;
  std::string value;
};

class Log {
 public:
  virtual ~Log() = default;

  // Never blocks and never fails: a line that cannot be written is counted and dropped. Thread-safe.
  virtual void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, message, fields);
  }
};

}  // namespace iothub

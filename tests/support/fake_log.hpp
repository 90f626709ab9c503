// Keeps log lines for tests, as "warn: message key=value".
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "core/log.hpp"

namespace iothub {

class FakeLog final : public Log {
 public:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) override {
    std::string line = std::string(to_string(level)) + ": " + std::string(message);
    for (const LogField& field : fields) {
      line += " " + std::string(field.key) + "=" + field.value;
    }
    const std::scoped_lock lock(mutex_);
    lines_.push_back(std::move(line));
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace iothub

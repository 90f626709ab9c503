#include "core/stderr_log.hpp"

#include <array>
#include <mutex>
#include <string>

#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include "core/utf8.hpp"

namespace iothub {

namespace {

// A pipe takes PIPE_BUF bytes whole or not at all, so a line of at most that size never blocks once poll()
// says that the pipe is writable, and is never torn by another writer.
constexpr std::size_t kLineLimit = 4096;

// What is left for fields after the timestamp; a value that reaches it is cut, and the fields after it are
// left out.
constexpr std::size_t kTextLimit = kLineLimit - 128;

class NonBlockingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit NonBlockingSink(int fd) : fd_(fd) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (!writable()) {
      ++dropped_;
      return;
    }
    if (dropped_ > 0) {
      const std::string notice =
          "# " + std::to_string(dropped_) + " log lines dropped: standard error was not read\n";
      dropped_ = 0;
      put(notice);
      if (!writable()) {
        ++dropped_;
        return;
      }
    }
    put({line.data(), line.size()});
  }

  void flush_() override {}

 private:
  [[nodiscard]] bool writable() const {
    pollfd poll_fd{.fd = fd_, .events = POLLOUT, .revents = 0};
    return poll(&poll_fd, 1, 0) == 1 && (poll_fd.revents & POLLOUT) != 0;
  }

  void put(std::string_view text) const {
    // Nobody can be told about a log that fails.
    [[maybe_unused]] const auto written = ::write(fd_, text.data(), text.size());
  }

  int fd_;
  std::uint64_t dropped_ = 0;
};

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    if (out.size() >= kTextLimit && (static_cast<unsigned char>(c) & 0xC0U) != 0x80) {
      return;  // only between two characters
    }
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xFU];
    } else {
      out += c;
    }
  }
}

bool is_bare_word(std::string_view text) {
  constexpr std::string_view kBare =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/@+%,";
  return !text.empty() && text.find_first_not_of(kBare) == std::string_view::npos;
}

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_field(std::string& out, LogFormat format, std::string_view key, std::string_view value) {
  if (out.size() >= kTextLimit) {
    return;
  }
  const std::string clean = is_utf8(value) ? std::string(value) : repaired_utf8(value);
  if (format == LogFormat::json) {
    out += ",\"";
    out += key;
    out += "\":";
    append_quoted(out, clean);
    return;
  }
  out += ' ';
  out += key;
  out += '=';
  if (is_bare_word(clean) && out.size() + clean.size() < kTextLimit) {
    out += clean;
  } else {
    append_quoted(out, clean);
  }
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

StderrLog::StderrLog(LogLevel least, LogFormat format, int fd)
    : least_(least),
      format_(format),
      logger_(std::make_unique<spdlog::logger>("", std::make_shared<NonBlockingSink>(fd))) {
  const std::string pattern =
      format == LogFormat::json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ"%v})" : "ts=%Y-%m-%dT%H:%M:%S.%eZ%v";
  logger_->set_formatter(
      std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc, "\n"));
  logger_->set_level(spdlog::level::trace);
}

StderrLog::~StderrLog() = default;

void StderrLog::write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < least_) {
    return;
  }
  messages_.at(static_cast<std::size_t>(level)).fetch_add(1, std::memory_order_relaxed);
  std::string line;
  append_field(line, format_, "level", to_string(level));
  append_field(line, format_, "msg", message);
  for (const LogField& field : fields) {
    append_field(line, format_, field.key, field.value);
  }
  logger_->log(to_spdlog(level), "{}", line);
}

std::uint64_t StderrLog::messages(LogLevel level) const {
  return messages_.at(static_cast<std::size_t>(level)).load(std::memory_order_relaxed);
}

}  // namespace iothub

#include "core/stderr_log.hpp"

#include <array>
#include <string>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace iothub {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

// A log that writes into a pipe, which the test reads.
class StderrLogTest : public testing::Test {
 protected:
  StderrLogTest() {
    EXPECT_EQ(pipe2(fds_.data(), O_CLOEXEC), 0);
    fcntl(fds_[0], F_SETFL, O_NONBLOCK);
  }
  ~StderrLogTest() override {
    close(fds_[0]);
    close(fds_[1]);
  }
  StderrLogTest(const StderrLogTest&) = delete;
  StderrLogTest& operator=(const StderrLogTest&) = delete;

  [[nodiscard]] std::string written() const {
    std::string text(1U << 20U, '\0');
    const auto length = read(fds_[0], text.data(), text.size());
    text.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    return text;
  }

  [[nodiscard]] int fd() const { return fds_[1]; }

 private:
  std::array<int, 2> fds_{};
};

TEST_F(StderrLogTest, WritesLogfmtThatQuotesOnlyWhereNeeded) {
  StderrLog log(LogLevel::info, LogFormat::logfmt, fd());
  log.warn("poll failed", {{"hub", "factory"}, {"err", "a \"b\"\nc\\"}, {"none", ""}});
  EXPECT_THAT(written(),
              MatchesRegex("ts=20..-..-..T..:..:..\\....Z level=warn msg=\"poll failed\" hub=factory "
                           "err=\"a \\\\\"b\\\\\"\\\\nc\\\\\\\\\" none=\"\"\n"));
}

TEST_F(StderrLogTest, WritesJson) {
  StderrLog log(LogLevel::info, LogFormat::json, fd());
  log.error("no \x01 way", {{"hub", "f\xFF"}});
  EXPECT_THAT(written(), MatchesRegex("\\{\"ts\":\"20..-..-..T..:..:..\\....Z\",\"level\":\"error\","
                                      "\"msg\":\"no \\\\u0001 way\",\"hub\":\"f\xEF\xBF\xBD\"\\}\n"));
}

TEST_F(StderrLogTest, LeavesOutAndDoesNotCountWhatIsLessSevere) {
  StderrLog log(LogLevel::warn, LogFormat::logfmt, fd());
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  EXPECT_EQ(log.messages(LogLevel::info), 0U);
  EXPECT_EQ(log.messages(LogLevel::warn), 1U);
  EXPECT_EQ(log.messages(LogLevel::error), 1U);
  EXPECT_THAT(written(), testing::Not(HasSubstr("msg=b")));
}

TEST_F(StderrLogTest, ALineNeverExceedsWhatAPipeTakesWhole) {
  for (const LogFormat format : {LogFormat::logfmt, LogFormat::json}) {
    StderrLog log(LogLevel::info, format, fd());
    log.info("long", {{"err", std::string(100'000, '\x01')}, {"after", "x"}});
    const std::string line = written();
    EXPECT_LE(line.size(), 4096U);
    EXPECT_EQ(line.back(), '\n');
    EXPECT_EQ(line[line.size() - 2], format == LogFormat::json ? '}' : '"');
  }
}

TEST_F(StderrLogTest, AReaderThatStallsCostsLinesNotTime) {
  StderrLog log(LogLevel::info, LogFormat::logfmt, fd());
  const std::string padding(3'000, 'x');
  for (int i = 0; i < 100; ++i) {  // more than a pipe holds; would hang here if writing blocked
    log.info("fill", {{"padding", padding}});
  }
  EXPECT_EQ(log.messages(LogLevel::info), 100U);
  (void)written();
  log.info("after");
  EXPECT_THAT(written(),
              MatchesRegex("# [0-9]+ log lines dropped: standard error was not read\nts=.* msg=after\n"));
}

}  // namespace
}  // namespace iothub

#include "auth/child_process.hpp"

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/system_clock.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::HasSubstr;

class ChildProcessTest : public testing::Test {
 protected:
  Result<ProcessOutput> run(const std::string& script, milliseconds limit = minutes{1},
                            const std::stop_token& stop = {}) const {
    return run_process({folder.write_program("program", script), "one", "two  three"}, limit, clock, stop);
  }

  SystemClock clock;
  TemporaryFolder folder;
};

TEST_F(ChildProcessTest, KeepsWhatTheProgramWritesAndItsExitCode) {
  const auto output = run("echo \"$2\"; echo oh >&2; exit 3");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "two  three\n");
  EXPECT_EQ(output->err, "oh\n");
  EXPECT_EQ(output->exit_code, 3);
}

TEST_F(ChildProcessTest, ReadsMoreThanAPipeHolds) {
  const auto output = run("head -c 300000 /dev/zero | tr '\\0' x");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out.size(), 300'000U);
  EXPECT_EQ(output->out.find_first_not_of('x'), std::string::npos);
}

TEST_F(ChildProcessTest, GivesTheProgramNothingToRead) {
  EXPECT_EQ(run("cat")->out, "");
}

TEST_F(ChildProcessTest, HandsNoOpenFileOn) {
  const int leak = dup(1);
  EXPECT_EQ(run("test -e /proc/self/fd/" + std::to_string(leak) + " || echo closed")->out, "closed\n");
  close(leak);
}

TEST_F(ChildProcessTest, TellsWhichSignalEndedTheProgram) {
  EXPECT_EQ(run("kill -9 $$")->exit_code, 128 + SIGKILL);
}

TEST_F(ChildProcessTest, LetsTheProgramBeEndedBySignalsThatAreBlockedHere) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  EXPECT_EQ(run("kill -TERM $$")->exit_code, 128 + SIGTERM);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_F(ChildProcessTest, EndsAProgramThatTakesTooLongWithItsChildren) {
  const auto output = run("sleep 600 & sleep 600", milliseconds{50});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::timeout);
  EXPECT_THAT(output.error().message, HasSubstr("program: did not end in time"));
}

TEST_F(ChildProcessTest, DoesNotWaitForChildrenThatOutliveTheProgram) {
  const auto output = run("sleep 600 & echo done; kill -9 $!");
  ASSERT_TRUE(output) << output.error().message;
  EXPECT_EQ(output->out, "done\n");
}

TEST_F(ChildProcessTest, EndsAtOnceWhenAStopIsRequested) {
  std::stop_source stop;
  Result<ProcessOutput> output = fail(ErrorKind::internal, "not run");
  std::jthread runner([&] { output = run("sleep 600", minutes{10}, stop.get_token()); });
  stop.request_stop();
  runner.join();
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::cancelled);
}

TEST_F(ChildProcessTest, EndsAProgramThatWritesWithoutEnd) {
  const auto output = run("yes");
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::bad_response);
}

TEST_F(ChildProcessTest, SaysThatThereIsNoSuchProgram) {
  const auto output = run_process({"no-such-program-anywhere"}, minutes{1}, clock, {});
  ASSERT_FALSE(output);
  EXPECT_EQ(output.error().kind, ErrorKind::not_found);
  EXPECT_EQ(output.error().message, "no-such-program-anywhere: cannot be run: No such file or directory");
}

}  // namespace
}  // namespace iothub

#include "main/signals.hpp"

#include <sys/time.h>
#include <unistd.h>

namespace iothub {

Signals::Signals() {
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&set_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

void Signals::ignore_failing_writes() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

int Signals::wait() const {
  int signal = 0;
  sigwait(&set_, &signal);
  return signal;
}

void Signals::exit_after(std::chrono::milliseconds grace) {
  std::signal(SIGALRM, [](int /*signal*/) { _exit(0); });
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(grace);
  const std::chrono::microseconds rest = grace - seconds;
  const itimerval once{
      .it_interval = {},
      .it_value = {.tv_sec = seconds.count(), .tv_usec = static_cast<suseconds_t>(rest.count())}};
  setitimer(ITIMER_REAL, &once, nullptr);
}

}  // namespace iothub

#include "simulator/loop_guard.hpp"

namespace azure_simulator {

bool LoopGuard::is_looping(const std::string& question, Time now) {
  if (limit_ == 0) {
    return false;
  }
  std::deque<Time>& times = asked_[question];
  while (!times.empty() && now - times.front() >= std::chrono::minutes{1}) {
    times.pop_front();
  }
  times.push_back(now);
  return times.size() > limit_;
}

}  // namespace azure_simulator

// What was asked and answered, for tests to look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "simulator/clock.hpp"

namespace azure_simulator {

struct RequestRecord {
  std::string operation;
  std::string method;
  std::string target;
  std::string hub;
  std::string client;  // the id of the client, as far as the request tells
  int status = 0;      // 0: never answered
  Time time;
};

class RequestLog {
 public:
  void add(RequestRecord record);
  void clear();

  // How often each operation was asked since the start or the last clear.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  // The latest thousand, oldest first.
  [[nodiscard]] std::vector<RequestRecord> recent() const { return {recent_.begin(), recent_.end()}; }

 private:
  std::map<std::string, std::uint64_t> counts_;
  std::deque<RequestRecord> recent_;
};

}  // namespace azure_simulator

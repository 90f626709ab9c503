#include "simulator/request_record.hpp"

#include <utility>

namespace azure_simulator {
namespace {

constexpr std::size_t kKept = 1000;

}  // namespace

void RequestLog::add(RequestRecord record) {
  ++counts_[record.operation];
  recent_.push_back(std::move(record));
  if (recent_.size() > kKept) {
    recent_.pop_front();
  }
}

void RequestLog::clear() {
  counts_.clear();
  recent_.clear();
}

}  // namespace azure_simulator

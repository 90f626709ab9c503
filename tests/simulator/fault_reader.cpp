#include <algorithm>
#include <array>
#include <utility>

#include "simulator/route.hpp"
#include "simulator/scenario_parts.hpp"

namespace azure_simulator {
namespace {

constexpr std::array<std::pair<std::string_view, FaultAction>, 10> kActions{{
    {"respond", FaultAction::respond},
    {"empty", FaultAction::empty},
    {"html", FaultAction::html},
    {"garbage", FaultAction::garbage},
    {"huge", FaultAction::huge},
    {"truncate", FaultAction::truncate},
    {"drip", FaultAction::drip},
    {"delay", FaultAction::delay},
    {"hang", FaultAction::hang},
    {"close", FaultAction::close},
}};

void read_action(YamlMap& map, Fault& fault) {
  std::string name = "respond";
  map.read("action", name);
  const auto* const found =
      std::ranges::find(kActions, name, [](const auto& action) { return action.first; });
  if (found == kActions.end()) {
    map.problem(
        "'" + name +
        "' is not an action: respond, empty, html, garbage, huge, truncate, drip, delay, hang, close");
    return;
  }
  fault.action = found->second;
}

void read_answer(YamlMap& map, Fault& fault) {
  const auto status = map.count("status");
  if (status && (*status < 200 || *status > 599)) {
    map.problem("`status` must be from 200 to 599");
  } else if (status) {
    fault.status = static_cast<int>(*status);
  }
  fault.headers = map.pairs("headers");
  // A body may also be written as the YAML of the JSON that it stands for.
  if (const auto body = map.take("body")) {
    fault.body = body->IsScalar() ? body->Scalar() : json_of(*body, map.problems());
  }
  map.read("delay", fault.delay);
  map.read("interval", fault.interval);
  if (const auto size = map.count("size")) {
    fault.size = *size;
  }
}

}  // namespace

Fault read_fault(YamlMap& map) {
  Fault fault;
  map.read("operation", fault.operations);
  for (const std::string& operation : fault.operations) {
    if (!is_operation(operation)) {
      map.problem("'" + operation + "' is not an operation: " + operation_names());
    }
  }
  map.read("path", fault.path);
  map.read("hub", fault.hub);
  read_action(map, fault);
  read_answer(map, fault);
  fault.after = map.count("after").value_or(0);
  fault.times = map.count("times");
  map.read("probability", fault.probability);
  if (fault.probability > 1) {
    map.problem("`probability` must be from 0 to 1");
  }
  if (fault.action == FaultAction::respond && fault.status == 0 && !fault.body) {
    map.problem("a fault that responds needs `status` or `body`");
  }
  if (fault.size > (std::size_t{1} << 30U)) {
    map.problem("`size` must be at most 1 GiB");
  }
  map.finish();
  return fault;
}

}  // namespace azure_simulator

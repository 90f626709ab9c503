#include "simulator/fault_injector.hpp"

#include <algorithm>
#include <utility>

#include "simulator/arm_errors.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

std::string garbage() {
  std::string bytes = R"({"value":[{"jobId":)";
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>((i * 151 + 7) % 256);
  }
  return bytes;
}

// Good JSON whose only fault is its size.
std::string huge_body(std::size_t size) {
  constexpr std::string_view front = R"({"value":[],"padding":")";
  constexpr std::string_view back = R"("})";
  const std::size_t frame = front.size() + back.size();
  return std::string(front) + std::string(size > frame ? size - frame : 0, 'x') + std::string(back);
}

bool applies(const Fault& fault, const Route& route) {
  const std::string_view operation = to_text(route.operation);
  return (fault.operations.empty() ||
          std::ranges::find(fault.operations, operation) != fault.operations.end()) &&
         matches_pattern(fault.path, route.path) &&
         (fault.hub.empty() || (!route.hub.empty() && matches_pattern(fault.hub, route.hub)));
}

std::string first_or(const Headers& headers, std::string_view name, std::string_view fallback) {
  const auto found = std::ranges::find_if(headers, [&](const auto& h) { return same_name(h.first, name); });
  return found == headers.end() ? std::string(fallback) : found->second;
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return true;
  }
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || to_lower(pattern[p]) == to_lower(text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

FaultInjector::FaultInjector(std::vector<Fault> faults, SeededRandom random) : random_(std::move(random)) {
  for (Fault& fault : faults) {
    entries_.push_back(Entry{.fault = std::move(fault)});
  }
}

bool FaultInjector::strikes(Entry& entry, std::size_t index) const {
  const std::uint64_t turn = entry.matched++;
  if (turn < entry.fault.after || (entry.fault.times && entry.struck >= *entry.fault.times)) {
    return false;
  }
  const std::string purpose = "fault/" + std::to_string(index) + "/" + std::to_string(turn);
  if (random_.fraction(purpose) >= entry.fault.probability) {
    return false;
  }
  ++entry.struck;
  return true;
}

std::optional<Fault> FaultInjector::next(const Route& route) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (applies(entries_[i].fault, route) && strikes(entries_[i], i)) {
      return entries_[i].fault;
    }
  }
  return std::nullopt;
}

bool spoils_answer(const Fault& fault) {
  return fault.action == FaultAction::truncate || fault.action == FaultAction::drip ||
         fault.action == FaultAction::delay;
}

Reply spoil(const Fault& fault, Reply reply) {
  if (fault.action == FaultAction::truncate) {
    reply.delivery = Delivery::truncated;
  } else if (fault.action == FaultAction::drip) {
    reply.delivery = Delivery::dripped;
    reply.drip_interval = fault.interval;
  }
  reply.delay = fault.delay;
  return reply;
}

Reply replacement(const Fault& fault, const Route& route) {
  Reply reply;
  reply.status = fault.status == 0 ? 200 : fault.status;
  switch (fault.action) {
    case FaultAction::hang:
      reply.delivery = Delivery::never;
      break;
    case FaultAction::close:
      reply.delivery = Delivery::closed;
      break;
    case FaultAction::garbage:
      reply.body = garbage();
      break;
    case FaultAction::huge:
      reply.body = huge_body(fault.size);
      break;
    case FaultAction::html:
      reply.content_type = "text/html";
      reply.body =
          "<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad "
          "gateway</h1></body></html>\n";
      break;
    case FaultAction::respond:
      reply = usual_error(reply.status, route, first_or(fault.headers, "retry-after", "10"));
      break;
    default:
      break;
  }
  reply.body = fault.body.value_or(std::move(reply.body));
  reply.content_type = first_or(fault.headers, "content-type", reply.content_type);
  for (const auto& header : fault.headers) {
    if (!same_name(header.first, "content-type")) {
      reply.headers.push_back(header);
    }
  }
  reply.delay = fault.delay;
  return reply;
}

}  // namespace azure_simulator

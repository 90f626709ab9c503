#include "poll/poll_queue.hpp"

#include <algorithm>
#include <span>

namespace iothub {

namespace {

// How soon a token may be seen that somebody else has fetched: nobody tells us.
constexpr std::chrono::milliseconds kLookForToken{100};

}  // namespace

void PollQueue::add(const ReadAllowance& reads, const TokenCache& token, const Entry& first) {
  const auto [line, is_new] = line_of_.emplace(&reads, lines_.size());
  if (is_new) {
    lines_.push_back({.reads = &reads, .token = &token, .waiting = {}, .giving_up = {}});
  }
  due_.emplace(first.at, hubs_.size());
  hubs_.push_back({.line = line->second, .next = first});
}

std::optional<std::size_t> PollQueue::take(SteadyTime now) {
  line_up(now);
  const auto index = next_hub(now);
  if (index) {
    const Hub& hub = hubs_.at(*index);
    waiting_with(hub).erase({hub.next.at, *index});
    Line& line = lines_[hub.line];
    line.giving_up.erase({hub.next.give_up_at, *index});
    ++line.under_way;
    ++polls_with_[line.token];
    under_way_.emplace(*index, now);
  }
  return index;
}

void PollQueue::put_back(std::size_t hub, const Entry& next) {
  if (under_way_.erase(hub) == 1) {
    Line& line = lines_[hubs_.at(hub).line];
    --line.under_way;
    --polls_with_[line.token];
  }
  hubs_.at(hub).next = next;
  due_.emplace(next.at, hub);
}

SteadyTime PollQueue::next_change(SteadyTime now) const {
  SteadyTime next = due_.empty() ? SteadyTime::max() : due_.begin()->first;
  for (const Line& line : lines_) {
    if (line.giving_up.empty()) {
      continue;
    }
    const SteadyTime ready =
        has_to_wait_for_token(line) ? now + kLookForToken : line.reads->ready_at(line.under_way);
    next = ready > now ? std::min(next, ready) : next;  // else only a poll that ends makes room
  }
  return next;
}

std::optional<SteadyTime> PollQueue::waiting_since(SteadyTime now) const {
  SteadyTime earliest = SteadyTime::max();
  const auto look_at = [&](SteadyTime at, const Line& line) {
    earliest = std::min(earliest, std::max(at, line.reads->paused_until()));
  };
  for (const auto& [at, hub] : due_) {
    if (at >= now) {
      break;
    }
    look_at(at, lines_[hubs_.at(hub).line]);
  }
  for (const Line& line : lines_) {
    for (const Times& waiting : line.waiting) {
      if (!waiting.empty()) {
        look_at(waiting.begin()->first, line);
      }
    }
  }
  return earliest < now ? std::optional(earliest) : std::nullopt;
}

// Moves the hubs whose time has come into their lines.
void PollQueue::line_up(SteadyTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const auto entry = due_.extract(due_.begin());
    const std::size_t index = entry.value().second;
    const Hub& hub = hubs_.at(index);
    waiting_with(hub).emplace(hub.next.at, index);
    lines_[hub.line].giving_up.emplace(hub.next.give_up_at, index);
  }
}

std::optional<std::size_t> PollQueue::next_hub(SteadyTime now) const {
  const std::size_t kinds = may_hang() ? 2 : 1;
  std::pair first{SteadyTime::max(), hubs_.size()};
  for (const Line& line : lines_) {
    if (line.giving_up.empty() || has_to_wait_for_token(line)) {
      continue;
    }
    if (const auto hub = hub_that_gives_up(line, now)) {
      return hub;
    }
    if (line.reads->ready_at(line.under_way) > now) {
      continue;
    }
    for (const Times& waiting : std::span(line.waiting).first(kinds)) {
      first = waiting.empty() ? first : std::min(first, *waiting.begin());
    }
  }
  return first.second < hubs_.size() ? std::optional(first.second) : std::nullopt;
}

std::optional<std::size_t> PollQueue::hub_that_gives_up(const Line& line, SteadyTime now) {
  const SteadyTime pause = line.reads->paused_until();
  if (pause <= now || pause <= line.giving_up.begin()->first) {
    return std::nullopt;
  }
  return line.giving_up.begin()->second;
}

bool PollQueue::has_to_wait_for_token(const Line& line) const {
  const auto polls = polls_with_.find(line.token);
  return polls != polls_with_.end() && polls->second > 0 && !line.token->has_token();
}

bool PollQueue::may_hang() const {
  const auto hanging = static_cast<std::size_t>(std::ranges::count_if(
      under_way_, [this](const auto& poll) { return hubs_.at(poll.first).next.hangs; }));
  return hanging < std::max<std::size_t>(threads_ / 2, 1);
}

}  // namespace iothub

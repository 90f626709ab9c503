// Which hub is polled next, for Scheduler: no thread and no lock of its own.
//
// A hub whose time has come stands in the line of its ReadAllowance, so that hubs of a subscription which ARM
// throttles hold up no others and no thread. Who came first goes first. A poll that was throttled comes back
// when the pause ends, behind all who have waited meanwhile: a hub that ARM always refuses keeps none of them
// from their turn.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "auth/token_cache.hpp"
#include "azure/read_allowance.hpp"
#include "core/clock.hpp"

namespace iothub {

class PollQueue {
 public:
  // A poll to come.
  struct Entry {
    SteadyTime at;          // not before then
    SteadyTime give_up_at;  // if ARM's pause lasts longer, the poll is let go at once, to fail
    bool hangs = false;     // the hub's last poll took its time to fail
  };

  // `threads`: how many polls may be under way. Half of them, but one at least, is for hubs that hang.
  explicit PollQueue(std::size_t threads) : threads_(threads) {}

  // One more hub, whose reads come from `reads` and who asks with `token`. Hubs are numbered from 0 as they
  // are added.
  void add(const ReadAllowance& reads, const TokenCache& token, const Entry& first);

  // The hub whose poll may begin now, if there is one; it is under way until it is put back. A poll may begin
  // when its allowance has a read for it beyond one for each poll that is under way: what comes after their
  // first read should not have to wait either. While a credential has no token, only one of its polls may be
  // under way: it fetches one, and others would do nothing but wait for it with their threads.
  [[nodiscard]] std::optional<std::size_t> take(SteadyTime now);

  // The poll of `hub` has ended, or waits until it may go on.
  void put_back(std::size_t hub, const Entry& next);

  // When take() may have another answer than now, if nothing is put back before: it had none just now.
  [[nodiscard]] SteadyTime next_change(SteadyTime now) const;

  // Since when the poll that has waited longest wants a thread or a read. A pause that ARM asked for is not
  // counted: it may take an hour, and nothing is wrong with us.
  [[nodiscard]] std::optional<SteadyTime> waiting_since(SteadyTime now) const;

  // The hubs whose polls are under way, and when each began.
  [[nodiscard]] const std::map<std::size_t, SteadyTime>& under_way() const { return under_way_; }

 private:
  using Times = std::set<std::pair<SteadyTime, std::size_t>>;

  struct Line {
    const ReadAllowance* reads;
    const TokenCache* token;
    std::array<Times, 2> waiting;  // hubs that answer, hubs that hang: by Entry::at
    Times giving_up;               // all of them, by Entry::give_up_at
    std::size_t under_way = 0;
  };
  struct Hub {
    std::size_t line;
    Entry next;
  };

  [[nodiscard]] bool has_to_wait_for_token(const Line& line) const;
  void line_up(SteadyTime now);
  [[nodiscard]] std::optional<std::size_t> next_hub(SteadyTime now) const;
  // Of a line in which somebody waits.
  [[nodiscard]] static std::optional<std::size_t> hub_that_gives_up(const Line& line, SteadyTime now);
  [[nodiscard]] bool may_hang() const;
  [[nodiscard]] Times& waiting_with(const Hub& hub) { return lines_[hub.line].waiting.at(hub.next.hangs); }

  std::size_t threads_;
  std::vector<Line> lines_;
  std::map<const ReadAllowance*, std::size_t> line_of_;
  std::vector<Hub> hubs_;
  std::map<const TokenCache*, std::size_t> polls_with_;  // under way
  Times due_;                                            // that are in no line yet, by Entry::at
  std::map<std::size_t, SteadyTime> under_way_;
};

}  // namespace iothub

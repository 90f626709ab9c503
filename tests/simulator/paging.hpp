// Cuts lists into pages that follow each other by `nextLink`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "simulator/clock.hpp"
#include "simulator/message.hpp"
#include "simulator/route.hpp"

namespace azure_simulator {

// Where a page begins. The list is the one of the moment of the first page, so that none of its items is
// skipped or repeated while others come and go.
struct PageStart {
  Time as_of;
  std::size_t offset = 0;
};

// From `$skiptoken`, or the beginning at `now`; nothing if the token is not one of ours.
std::optional<PageStart> page_start(const Route& route, Time now);

// {"value":[...],"nextLink"?} of the items from `start` on; `page_size` 0 means all of them.
Reply page_of(const std::vector<std::string>& items, const PageStart& start, std::size_t page_size,
              const Route& route, const std::string& origin);

}  // namespace azure_simulator

// Decides which requests go wrong, and how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/message.hpp"
#include "simulator/route.hpp"
#include "simulator/scenario.hpp"
#include "simulator/seeded_random.hpp"

namespace azure_simulator {

// `*` and `?` as a shell reads them, without regard to case; an empty pattern matches everything.
bool matches_pattern(std::string_view pattern, std::string_view text);

class FaultInjector {
 public:
  FaultInjector(std::vector<Fault> faults, SeededRandom random);

  // The first fault that applies to this request, if any; counts the request against `times` and `after`.
  std::optional<Fault> next(const Route& route);

 private:
  struct Entry {
    Fault fault;
    std::uint64_t matched = 0;
    std::uint64_t struck = 0;
  };

  bool strikes(Entry& entry, std::size_t index) const;

  std::vector<Entry> entries_;
  SeededRandom random_;
};

// Whether the fault spoils the true answer, which must be worked out first, rather than replaces it.
bool spoils_answer(const Fault& fault);

Reply spoil(const Fault& fault, Reply reply);
Reply replacement(const Fault& fault, const Route& route);

}  // namespace azure_simulator

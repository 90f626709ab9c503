// The samples of what the ledger has counted on a hub, for the rows of fleet_families.cpp. They do not depend
// on how old the last good poll is: what was counted stays so.
#pragma once

#include "metrics/fleet_families.hpp"

namespace iothub {

void add_finished(const Samples& samples, const HubFacts& hub);
void add_failures(const Samples& samples, const HubFacts& hub);

// Of types that are expected, so that increase() sees their first job, and of types and statuses with a
// counted job: sixteen zeros for each of the others would double the page.
void add_finished_duration(const Samples& samples, const HubFacts& hub);

void add_busy(const Samples& samples, const HubFacts& hub);

}  // namespace iothub

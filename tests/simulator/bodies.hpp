// Hubs and jobs as Resource Manager prints them.
#pragma once

#include <string>

#include "simulator/life_cycle.hpp"
#include "simulator/scenario.hpp"

namespace azure_simulator {

// A hub that is not Active has no hostName, locations or etag yet.
std::string hub_json(const Hub& hub, const Subscription& subscription, const ResourceGroup& group,
                     Time created);

// Members that do not apply are absent, or null if `null_members`.
std::string job_json(const Job& job, bool null_members);

std::string hub_id(const Hub& hub, const Subscription& subscription, const ResourceGroup& group);

}  // namespace azure_simulator

// /simulator/...: what tests use to steer a running simulator. No authentication; bodies are YAML or JSON.
#pragma once

#include "simulator/message.hpp"
#include "simulator/route.hpp"

namespace azure_simulator {

class AzureService;

Reply answer_control(const Request& request, const Route& route, AzureService& service, Time now);

}  // namespace azure_simulator

// Resource Manager's look at the Authorization header.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "simulator/message.hpp"
#include "simulator/token_store.hpp"
#include "simulator/visit.hpp"

namespace azure_simulator {

// The token that the request carries, or the refusal. `tenant` is the one that the subscription trusts; empty
// if the request is about none.
[[nodiscard]] tl::expected<Token, Reply> check_bearer(const Request& request, const std::string& tenant,
                                                      const Visit& visit, const TokenStore& tokens);

}  // namespace azure_simulator

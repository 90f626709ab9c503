// How we prove to Entra ID who we are: one class per method, none of which knows of caching (token_cache.hpp
// does) or of trying again (RetryingClient does). make_credential.hpp lists them.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

struct AccessToken {
  Secret value;
  std::chrono::seconds lifetime{0};  // from the moment the request was sent
  std::chrono::seconds refresh_in =
      std::chrono::seconds{0};   // when the issuer wants it renewed; 0 = does not say
  std::string_view method = {};  // that got it, as configuration calls it: "managed_identity"
};

class Credential {
 public:
  virtual ~Credential() = default;

  // Asks for a new token. Blocks for as long as HttpClient::send may (azure_cli: 13 seconds), or until `stop`
  // is requested. Errors: unauthorized (refused; the message tells the AADSTS code and what it means, or what
  // the identity service says), bad_config (a file that cannot be used), throttled, server_error,
  // bad_response, and those of HttpClient::send.
  [[nodiscard]] virtual Result<AccessToken> fetch(const std::stop_token& stop) = 0;
};

}  // namespace iothub

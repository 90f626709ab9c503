// How we prove to Entra ID who we are: one class per method, none of which knows of caching (token_cache.hpp
// does) or retrying. make_credential.hpp lists them.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

struct AccessToken {
  Secret value;
  std::chrono::seconds lifetime{0};  // from the moment the request was sent
  std::chrono::seconds refresh_in =
      std::chrono::seconds{0};  // when the issuer wants it renewed; 0 = does not say
};

class Credential {
 public:
  virtual ~Credential() = default;

  // Asks for a new token. Blocks on the network for at most the HttpClient's own limit, or until `stop` is
  // requested. Errors: unauthorized (Entra ID refused; the message tells its AADSTS code and what it means),
  // throttled, server_error, and those of HttpClient::send.
  [[nodiscard]] virtual Result<AccessToken> fetch(const std::stop_token& stop) = 0;
};

}  // namespace iothub

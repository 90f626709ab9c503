// Why something failed: a kind for programs, a sentence for people.
//
// The kind is the `reason` label of the failure counters and decides what the caller may do next, so the list
// is closed: a new kind does not compile until its label is decided in error.cpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iothub {

enum class ErrorKind : std::uint8_t {
  unauthorized,    // no valid token: Entra ID refused us, or ARM refused the token
  forbidden,       // the token is good, the role is missing
  not_found,       // ARM says that there is no such thing
  throttled,       // asked too often
  timeout,         // a deadline passed
  network,         // no answer: no route, refused, reset
  tls,             // the peer could not be trusted
  server_error,    // 5xx
  bad_response,    // an answer that makes no sense: wrong shape, too large, an unexpected status
  bad_config,      // flags or configuration
  address_in_use,  // a listen address is taken
  cancelled,       // a stop was requested; nobody's fault
  internal,        // the system refused something: a file, a socket, memory
};

// The kind as the value of a `reason` label.
std::string_view to_label(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;
  // How long the other side asked us to wait, if it did (Retry-After).
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  // Whoever keeps what has failed, for many, has told of it already: who meets the error need not log it.
  bool is_told = false;

  // The message without what belongs to this one occurrence only: ids for Microsoft's support, which stand
  // last and in brackets.
  [[nodiscard]] std::string_view cause() const;

  // The same failure, told from one layer further out: "list jobs: HTTP 429".
  [[nodiscard]] Error within(std::string_view context) &&;
};

}  // namespace iothub

// URLs: taking apart the ones we are given, and building the ones we ask for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace iothub {

struct Url {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string path;   // percent-encoded as given, "/" if empty
  std::string query;  // without '?', empty if none

  // "https://host[:port]", the port only where it is not the scheme's own.
  [[nodiscard]] std::string origin() const;
  bool operator==(const Url&) const = default;
};

// Absolute http or https URLs only, without user, password, fragment, spaces or control characters.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// Scheme, host and port are equal: where a bearer token may follow a link to.
bool same_origin(const Url& a, const Url& b);

// 127.0.0.0/8, ::1 and localhost: the only hosts that may be spoken to without TLS.
bool is_loopback(std::string_view host);

// 169.254.0.0/16 and fe80::/10: hosts on the same wire, such as Azure's metadata service.
bool is_link_local(std::string_view host);

// An address that requests with credentials may go to, as configuration gives it: https, or http on loopback;
// no query. Returned without a trailing slash. Errors are sentences without the name of the setting.
[[nodiscard]] Result<std::string> parse_endpoint(std::string_view text);

// Everything but RFC 3986's unreserved characters becomes %XX: for one path segment or one form value.
std::string percent_encoded(std::string_view text);

}  // namespace iothub

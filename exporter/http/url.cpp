#include "http/url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestHost = 253;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestQuote = 80;
constexpr std::string_view kHex = "0123456789ABCDEF";

constexpr bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "http" ? 80 : 443;
}

// The start of `text` for an error, without what must not be logged: a query may hold a continuation token,
// what stands before an '@' a password.
std::string quoted(std::string_view text) {
  const auto end = text.find('@') == std::string_view::npos ? text.find_first_of("?#") : text.find("://");
  std::string quote(text.substr(0, std::min(end, kLongestQuote)));
  const bool is_cut = quote.size() < text.size();
  std::ranges::replace_if(
      quote, [](char c) { return !is_visible(c) && c != ' '; }, '?');
  return "\"" + quote + (is_cut ? "…\"" : "\"");
}

tl::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::bad_config, quoted(text) + " " + std::string(why));
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(
             label, [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '_'; });
}

bool is_name(std::string_view host) {
  if (host.size() > kLongestHost) {
    return false;
  }
  for (std::string_view rest = host;;) {
    const auto dot = rest.find('.');
    if (!is_label(rest.substr(0, dot))) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    rest.remove_prefix(dot + 1);
  }
}

std::optional<in_addr> ipv4(std::string_view host) {
  in_addr address{};
  return inet_pton(AF_INET, std::string(host).c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

std::optional<in6_addr> ipv6(std::string_view host) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(host).c_str(), &address) == 1 ? std::optional(address)
                                                                       : std::nullopt;
}

// Resolvers read "127.1", "0x7f000001" and "2130706433" as addresses too; here an address is four plain
// decimals.
bool looks_like_ipv4(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return ascii_lower(last).starts_with("0x") || std::ranges::all_of(last, is_ascii_digit);
}

std::optional<std::string> checked_ipv6(std::string_view inside_brackets) {
  const auto address = ipv6(inside_brackets);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (!address || inet_ntop(AF_INET6, &*address, text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return text.data();
}

std::optional<std::string> checked_name(std::string_view host) {
  if (!is_name(host) || (looks_like_ipv4(host) && !ipv4(host))) {
    return std::nullopt;
  }
  return ascii_lower(host);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return std::nullopt;
  }
  return port;
}

struct Authority {
  std::string_view host;                 // with the brackets of an IPv6 address
  std::optional<std::string_view> port;  // as written after the colon
};

Authority split_authority(std::string_view authority) {
  const auto colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  if (colon == std::string_view::npos) {
    return {.host = authority, .port = std::nullopt};
  }
  return {.host = authority.substr(0, colon), .port = authority.substr(colon + 1)};
}

std::optional<std::string> checked_host(std::string_view host) {
  if (host.size() > 2 && host.starts_with('[') && host.ends_with(']')) {
    return checked_ipv6(host.substr(1, host.size() - 2));
  }
  return checked_name(host);
}

std::string_view without_trailing_slashes(std::string_view path) {
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return path;
}

}  // namespace

std::string Url::origin() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string text = scheme + "://";
  text.append(is_ipv6 ? "[" : "").append(host).append(is_ipv6 ? "]" : "");
  if (port != default_port(scheme)) {
    text.append(":").append(std::to_string(port));
  }
  return text;
}

Result<Url> parse_url(std::string_view text) {
  if (!std::ranges::all_of(text, is_visible)) {
    return refuse(text, "is not a URL: it has spaces, control characters or letters outside ASCII");
  }
  const auto scheme_end = text.find("://");
  Url url;
  url.scheme = ascii_lower(text.substr(0, std::min(scheme_end, text.size())));
  if (scheme_end == std::string_view::npos || (url.scheme != "https" && url.scheme != "http")) {
    return refuse(text, "is not an absolute http or https URL, like https://management.azure.com");
  }
  if (text.find('#') != std::string_view::npos) {
    return refuse(text, "must not have a fragment (a part after #)");
  }
  std::string_view rest = text.substr(scheme_end + 3);
  const std::string_view authority_text = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority_text.size());
  if (authority_text.find('@') != std::string_view::npos) {
    return refuse(text, "must not carry a user name or password");
  }
  const Authority authority = split_authority(authority_text);
  auto host = checked_host(authority.host);
  if (!host) {
    return refuse(text, "has no valid host name or address");
  }
  const auto port = authority.port ? parse_port(*authority.port) : default_port(url.scheme);
  if (!port) {
    return refuse(text, "has a bad port: it must be a number from 1 to 65535");
  }
  const auto question_mark = std::min(rest.find('?'), rest.size());
  url.host = std::move(*host);
  url.port = *port;
  url.path = question_mark == 0 ? "/" : rest.substr(0, question_mark);
  url.query = rest.substr(std::min(question_mark + 1, rest.size()));
  return url;
}

bool same_origin(const Url& a, const Url& b) {
  return a.scheme == b.scheme && a.host == b.host && a.port == b.port;
}

bool is_loopback(std::string_view host) {
  if (const auto address = ipv4(host)) {
    return ntohl(address->s_addr) >> 24U == 127;
  }
  if (const auto address = ipv6(host)) {
    return IN6_IS_ADDR_LOOPBACK(&*address) != 0;
  }
  return equals_ignoring_case(host, "localhost");
}

bool is_link_local(std::string_view host) {
  if (const auto address = ipv4(host)) {
    return ntohl(address->s_addr) >> 16U == 0xA9FE;
  }
  const auto address = ipv6(host);
  return address && IN6_IS_ADDR_LINKLOCAL(&*address) != 0;
}

Result<std::string> parse_endpoint(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) {
    return tl::unexpected<Error>(url.error());
  }
  if (url->scheme == "http" && !is_loopback(url->host)) {
    return refuse(text, "must begin with https://; plain http is for loopback hosts only");
  }
  if (text.find('?') != std::string_view::npos) {
    return refuse(text, "must not have a query (a part after ?)");
  }
  return url->origin() + std::string(without_trailing_slashes(url->path));
}

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex.at(byte >> 4U), kHex.at(byte & 15U)};
    }
  }
  return encoded;
}

}  // namespace iothub

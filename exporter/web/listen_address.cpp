#include "web/listen_address.hpp"

#include <charconv>
#include <utility>

namespace iothub {

namespace {

tl::unexpected<Error> not_an_address(std::string_view text) {
  std::string message(1, '"');
  message.append(text).append(
      "\" is not an address to listen on; write it like :10468, 127.0.0.1:10468 or [::1]:10468");
  return fail(ErrorKind::bad_config, std::move(message));
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return not_an_address(text);
  }
  ListenAddress address;
  const std::string_view port = text.substr(colon + 1);
  const char* const end = port.data() + port.size();
  const auto [stopped, error] = std::from_chars(port.data(), end, address.port);
  if (error != std::errc{} || stopped != end) {
    return not_an_address(text);
  }
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  // Without brackets, "::1" could as well be the address "::" with port 1.
  const bool has_colon = host.find(':') != std::string_view::npos;
  if (bracketed != has_colon || host.find_first_of("[]/ \t") != std::string_view::npos) {
    return not_an_address(text);
  }
  address.host = host;
  return address;
}

}  // namespace iothub

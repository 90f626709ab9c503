// Writes the head of one answer. Pure, no sockets: for Connection.
#pragma once

#include <optional>
#include <string>

#include "web/server.hpp"

namespace iothub {

// The status line and all headers with the empty line after them. Nothing if the answer must not be sent: a
// status that ends no request, a name or value that would break out of its line, or a header about the
// framing, which is the server's own business.
[[nodiscard]] std::optional<std::string> write_response_head(const HttpServerResponse& response,
                                                             bool keep_alive);

// Whether an answer with this status may have a body.
[[nodiscard]] bool may_have_body(int status);

// "404 Not Found" as text: what the server says by itself.
[[nodiscard]] HttpServerResponse plain_response(int status);

}  // namespace iothub

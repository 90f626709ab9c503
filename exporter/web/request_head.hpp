// Reads the head of one request out of bytes that anyone may have sent. Pure, no sockets: for Connection and
// for fuzzing.
//
// What is not plainly a request without a body is refused: where two readers could disagree about the end of
// a request, a proxy in front of us could be made to smuggle one.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "web/server.hpp"

namespace iothub {

inline constexpr std::size_t kMaxHeadBytes = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxTargetBytes = std::size_t{2} * 1024;
inline constexpr std::size_t kMaxHeaders = 64;

struct RequestHead {
  HttpServerRequest request;
  std::size_t size = 0;  // bytes that it takes; what follows is the next request
  bool keep_alive = false;
};

struct IncompleteHead {};

struct RefusedHead {
  int status = 400;
};

using HeadReading = std::variant<IncompleteHead, RefusedHead, RequestHead>;

// `bytes` starts where a request is to start. An earlier call has found the first `seen` bytes incomplete, so
// that a head that arrives byte by byte is not searched from its start each time.
[[nodiscard]] HeadReading read_request_head(std::string_view bytes, std::size_t seen = 0);

}  // namespace iothub

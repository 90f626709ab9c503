// A value or the reason why there is none. Functions that return one are marked [[nodiscard]] themselves, for
// tl::expected is not.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "core/error.hpp"

namespace iothub {

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{.kind = kind, .message = std::move(message)});
}

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace iothub

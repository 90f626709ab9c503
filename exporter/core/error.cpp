#include "core/error.hpp"

namespace iothub {

std::string_view to_label(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized:
      return "unauthorized";
    case ErrorKind::forbidden:
      return "forbidden";
    case ErrorKind::not_found:
      return "not_found";
    case ErrorKind::throttled:
      return "throttled";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::network:
      return "network";
    case ErrorKind::tls:
      return "tls";
    case ErrorKind::server_error:
      return "server_error";
    case ErrorKind::bad_response:
      return "bad_response";
    case ErrorKind::bad_config:
      return "bad_config";
    case ErrorKind::address_in_use:
      return "address_in_use";
    case ErrorKind::cancelled:
      return "cancelled";
    case ErrorKind::internal:
      return "internal";
  }
  return "internal";
}

std::string_view Error::cause() const {
  return std::string_view(message).substr(0, message.find(" ["));
}

Error Error::within(std::string_view context) && {
  message.insert(0, ": ").insert(0, context);
  return std::move(*this);
}

}  // namespace iothub

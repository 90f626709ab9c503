#include "auth/chained_credential.hpp"

#include <utility>

namespace iothub {

namespace {

// The method itself does not work here, whatever the weather.
bool is_lasting(ErrorKind kind) {
  return kind == ErrorKind::unauthorized || kind == ErrorKind::bad_config;
}

}  // namespace

ChainedCredential::ChainedCredential(std::vector<Link> links, std::vector<std::string> left_out)
    : links_(std::move(links)), left_out_(std::move(left_out)) {}

Result<AccessToken> ChainedCredential::fetch(const std::stop_token& stop) {
  if (kept_) {
    const Link& link = links_.at(*kept_);
    return link.credential->fetch(stop).map_error(
        [&](Error error) { return std::move(error).within(link.method); });
  }
  std::string reasons;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    auto token = links_.at(i).credential->fetch(stop);
    if (token) {
      kept_ = i;
      return token;
    }
    Error error = std::move(token.error()).within(links_.at(i).method);
    if (!is_lasting(error.kind)) {
      return fail(std::move(error));
    }
    reasons += "; " + std::string(error.cause());  // ids may only stand last
  }
  for (const std::string& reason : left_out_) {
    reasons += "; " + reason;
  }
  return fail(ErrorKind::unauthorized, "no way to log in works here" + reasons);
}

}  // namespace iothub

#include "auth/managed_identity_credential.hpp"

#include <utility>

#include "auth/identity_request.hpp"

namespace iothub {

namespace {

constexpr std::chrono::seconds kProbe{1};

}  // namespace

ManagedIdentityCredential::ManagedIdentityCredential(HttpClient& http, const Clock& clock, std::string scope,
                                                     ManagedIdentityOptions options, Probe probe)
    : http_(http),
      clock_(clock),
      scope_(std::move(scope)),
      options_(std::move(options)),
      is_probe_due_(probe == Probe::first && options_.source == IdentitySource::imds) {}

Result<AccessToken> ManagedIdentityCredential::fetch(const std::stop_token& stop) {
  if (auto found = find_service(stop); !found) {
    return fail(std::move(found.error()));
  }
  const auto response = http_.send(identity_request(options_, scope_), stop);
  if (!response) {
    return fail(response.error());
  }
  return parse_identity_answer(*response, options_.source, clock_.wall_now());
}

Result<void> ManagedIdentityCredential::find_service(const std::stop_token& stop) {
  if (!is_probe_due_) {
    return {};
  }
  HttpRequest probe;
  probe.url = options_.endpoint;  // without the header that IMDS wants, so that it refuses at once
  probe.api = "token";
  probe.deadline = clock_.steady_now() + kProbe;
  probe.retry = RetryRule::never;
  probe.is_local_service = true;
  const auto response = http_.send(probe, stop);
  if (!response && response.error().kind == ErrorKind::cancelled) {
    return fail(response.error());
  }
  if (!response) {
    return fail(ErrorKind::unauthorized, "there is no IMDS: " + response.error().message);
  }
  is_probe_due_ = false;
  return {};
}

}  // namespace iothub

#include "job/failure_class.hpp"

#include <algorithm>
#include <string>

#include "core/ascii.hpp"

namespace iothub {

namespace {

struct Sign {
  FailureClass failure_class;
  std::string_view text;
  std::string_view also = {};
};

// What texts of failures hold, regardless of case; names without spaces are Azure's error codes. The first
// that is found decides, so what is narrow comes before what is wide: "could not access the container: it was
// not found" is a missing container.
constexpr auto kSigns = std::to_array<Sign>({
    {FailureClass::container_not_found, "ContainerNotFound"},
    {FailureClass::container_not_found, "ContainerBeingDeleted"},
    {FailureClass::container_not_found, "BlobNotFound"},
    {FailureClass::container_not_found, "container", "not found"},
    {FailureClass::container_not_found, "container", "does not exist"},
    {FailureClass::container_not_found, "blob", "not found"},
    {FailureClass::container_not_found, "blob", "does not exist"},

    {FailureClass::storage_access, "unauthorized"},
    {FailureClass::storage_access, "not authorized"},
    {FailureClass::storage_access, "AuthorizationFailure"},
    {FailureClass::storage_access, "AuthorizationPermissionMismatch"},
    {FailureClass::storage_access, "AuthenticationFailed"},
    {FailureClass::storage_access, "PublicAccessNotPermitted"},
    {FailureClass::storage_access, "forbidden"},
    {FailureClass::storage_access, "access denied"},
    {FailureClass::storage_access, "no access"},
    {FailureClass::storage_access, "access", "unable to"},
    {FailureClass::storage_access, "access", "could not"},
    {FailureClass::storage_access, "access", "cannot"},
    {FailureClass::storage_access, "access", "failed to"},
    {FailureClass::storage_access, "BlobContainerValidationError"},
    {FailureClass::storage_access, "IH400008"},
    {FailureClass::storage_access, "SAS token"},
    {FailureClass::storage_access, "signature"},
    {FailureClass::storage_access, "write", "blob"},
    {FailureClass::storage_access, "write", "container"},

    {FailureClass::quota, "quota"},
    {FailureClass::quota, "throttl"},
    {FailureClass::quota, "TooManyDevices"},
    {FailureClass::quota, "too many"},
    {FailureClass::quota, "MaxActiveJobCount"},
    {FailureClass::quota, "limit", "exceeded"},
    {FailureClass::quota, "limit", "reached"},

    {FailureClass::service, "InternalError"},
    {FailureClass::service, "InternalServerError"},
    {FailureClass::service, "internal error"},
    {FailureClass::service, "internal server error"},
    {FailureClass::service, "ServerError"},
    {FailureClass::service, "ServerBusy"},
    {FailureClass::service, "ServiceUnavailable"},
    {FailureClass::service, "service unavailable"},
    {FailureClass::service, "timed out"},
    {FailureClass::service, "TimedOut"},
    {FailureClass::service, "timeout"},

    {FailureClass::bad_input, "serializ"},
    {FailureClass::bad_input, "ImportWarningExists"},
    {FailureClass::bad_input, "DeviceDefinedMultipleTimes"},
    {FailureClass::bad_input, "BulkRegistryOperationFailure"},
    {FailureClass::bad_input, "ArgumentNull"},
    {FailureClass::bad_input, "FormatError"},
    {FailureClass::bad_input, "malformed"},
    {FailureClass::bad_input, "parse"},
    {FailureClass::bad_input, "invalid"},
    {FailureClass::bad_input, "not valid"},
});

bool holds(std::string_view text, std::string_view sign) {
  const auto same = [](char a, char b) { return ascii_lower(a) == ascii_lower(b); };
  return std::search(text.begin(), text.end(), sign.begin(), sign.end(), same) != text.end() || sign.empty();
}

FailureClass classify(std::string_view text) {
  const auto* sign = std::ranges::find_if(kSigns, [text](const Sign& candidate) {
    return holds(text, candidate.text) && holds(text, candidate.also);
  });
  return sign == kSigns.end() ? FailureClass::other : sign->failure_class;
}

}  // namespace

FailureClass classify_failure(const Job& job) {
  const FailureClass by_reason = classify(job.failure_reason);
  return by_reason == FailureClass::other ? classify(job.status_message) : by_reason;
}

}  // namespace iothub

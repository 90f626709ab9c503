// Why jobs fail, in six classes: what the person on call does next differs between them, and a label may not
// hold free text.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "job/job.hpp"

namespace iothub {

enum class FailureClass : std::uint8_t {
  storage_access,       // the hub may not reach or write the storage account
  container_not_found,  // the container or the blob is not there
  bad_input,            // the file to import, or what was asked for, makes no sense
  quota,                // too many devices, too many jobs, throttled
  service,              // Azure's own fault, or it took too long
  other,                // no reason told, or one that this version does not know
};

inline constexpr std::array<std::pair<FailureClass, std::string_view>, 6> kFailureClassNames{{
    {FailureClass::storage_access, "storage_access"},
    {FailureClass::container_not_found, "container_not_found"},
    {FailureClass::bad_input, "bad_input"},
    {FailureClass::quota, "quota"},
    {FailureClass::service, "service"},
    {FailureClass::other, "other"},
}};

constexpr std::string_view to_string(FailureClass failure_class) {
  return kFailureClassNames.at(static_cast<std::size_t>(failure_class)).second;
}

// From failureReason, or from statusMessage if that tells nothing.
FailureClass classify_failure(const Job& job);

}  // namespace iothub

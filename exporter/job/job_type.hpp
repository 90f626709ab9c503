// What kind of job it is, in Azure's words.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/ascii.hpp"

namespace iothub {

// JobType of Microsoft.Devices, equal in every API version from 2016-02-03 to 2023-06-30, and one for what
// came later.
enum class JobType : std::uint8_t {
  unknown,
  export_devices,  // "export" on the wire; that word is taken in C++
  import_devices,
  backup,
  read_device_properties,
  write_device_properties,
  update_device_configuration,
  reboot_device,
  factory_reset_device,
  firmware_update,
  other,  // a value that this version does not know
};

// The one table behind both directions. `other` is ours and never read from the wire.
inline constexpr std::array<std::pair<JobType, std::string_view>, 11> kJobTypeNames{{
    {JobType::unknown, "unknown"},
    {JobType::export_devices, "export"},
    {JobType::import_devices, "import"},
    {JobType::backup, "backup"},
    {JobType::read_device_properties, "readDeviceProperties"},
    {JobType::write_device_properties, "writeDeviceProperties"},
    {JobType::update_device_configuration, "updateDeviceConfiguration"},
    {JobType::reboot_device, "rebootDevice"},
    {JobType::factory_reset_device, "factoryResetDevice"},
    {JobType::firmware_update, "firmwareUpdate"},
    {JobType::other, "other"},
}};

constexpr std::string_view to_string(JobType type) {
  return kJobTypeNames.at(static_cast<std::size_t>(type)).second;
}

// Regardless of case. A name that is not Azure's as of this version is `other`, not an error: the enumeration
// is open.
constexpr JobType parse_job_type(std::string_view name) {
  for (const auto& [type, known] : kJobTypeNames) {
    if (equals_ignoring_case(known, name)) {
      return type;
    }
  }
  return JobType::other;
}

static_assert(to_string(JobType::firmware_update) == "firmwareUpdate");
static_assert(parse_job_type("Export") == JobType::export_devices);

}  // namespace iothub

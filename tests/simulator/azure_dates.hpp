// The ways in which Azure writes a moment. All of them are UTC and independent of the locale.
#pragma once

#include <string>

#include "simulator/clock.hpp"

namespace azure_simulator {

std::string rfc1123_date(Time time);   // Thu, 15 Jun 2017 19:20:58 GMT: jobs, the Date header
std::string iso_date(Time time);       // 2022-07-13T09:30:18.4530000Z: systemData
std::string sortable_date(Time time);  // 2022-07-13 09:30:18Z: error messages of Entra ID and IoT Hub
std::string compact_date(Time time);   // 20220713T093018Z: x-ms-routing-request-id
std::string american_date(Time time);  // 3/19/2023 8:55:46 AM: ARM about expired tokens

}  // namespace azure_simulator

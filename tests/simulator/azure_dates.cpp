#include "simulator/azure_dates.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace azure_simulator {
namespace {

constexpr std::array<const char*, 7> kWeekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned weekday = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
};

Parts parts_of(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .weekday = std::chrono::weekday{day}.c_encoding(),
          .hour = static_cast<int>(clock.hours().count()),
          .minute = static_cast<int>(clock.minutes().count()),
          .second = static_cast<int>(clock.seconds().count()),
          .millisecond = static_cast<int>(clock.subseconds().count())};
}

template <typename... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 96> text{};
  const int length =
      std::snprintf(text.data(), text.size(), format, values...);  // NOLINT: no std::format in clang 14
  return {text.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
}

}  // namespace

std::string rfc1123_date(Time time) {
  const Parts p = parts_of(time);
  return print("%s, %02u %s %04d %02d:%02d:%02d GMT", kWeekdays.at(p.weekday), p.day, kMonths.at(p.month - 1),
               p.year, p.hour, p.minute, p.second);
}

std::string iso_date(Time time) {
  const Parts p = parts_of(time);
  return print("%04d-%02u-%02uT%02d:%02d:%02d.%03d0000Z", p.year, p.month, p.day, p.hour, p.minute, p.second,
               p.millisecond);
}

std::string sortable_date(Time time) {
  const Parts p = parts_of(time);
  return print("%04d-%02u-%02u %02d:%02d:%02dZ", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string compact_date(Time time) {
  const Parts p = parts_of(time);
  return print("%04d%02u%02uT%02d%02d%02dZ", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string american_date(Time time) {
  const Parts p = parts_of(time);
  const int hour = p.hour % 12 == 0 ? 12 : p.hour % 12;
  return print("%u/%u/%d %d:%02d:%02d %s", p.month, p.day, p.year, hour, p.minute, p.second,
               p.hour < 12 ? "AM" : "PM");
}

}  // namespace azure_simulator

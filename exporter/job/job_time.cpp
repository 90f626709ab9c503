#include "job/job_time.hpp"

#include <array>
#include <chrono>
#include <string>

#include "core/ascii.hpp"
#include "core/utf8.hpp"

namespace iothub {

namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct DateTime {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::chrono::microseconds fraction{0};
  std::chrono::minutes offset{0};
};

// Reads a text from left to right. After the first mismatch every further step fails, too.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool matched_all() const { return !failed_ && rest_.empty(); }
  [[nodiscard]] bool at(char c) const {
    return !failed_ && !rest_.empty() && ascii_lower(rest_.front()) == c;
  }
  [[nodiscard]] bool at_end() const { return failed_ || rest_.empty(); }
  [[nodiscard]] bool at_digit() const {
    return !failed_ && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

  Scanner& literal(std::string_view expected) {
    if (failed_ || !equals_ignoring_case(rest_.substr(0, expected.size()), expected)) {
      failed_ = true;
    } else {
      rest_.remove_prefix(expected.size());
    }
    return *this;
  }

  // A number of at least `least` and at most `most` digits.
  Scanner& number(int& value, int least, int most) {
    value = 0;
    int digits = 0;
    for (; digits < most && at_digit(); ++digits) {
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    failed_ = failed_ || digits < least;
    return *this;
  }

  // The place of the name that comes next.
  template <std::size_t N>
  Scanner& name(const std::array<std::string_view, N>& names, int& place) {
    for (place = 0; place < static_cast<int>(N); ++place) {
      const auto expected = names.at(static_cast<std::size_t>(place));
      if (!failed_ && equals_ignoring_case(rest_.substr(0, expected.size()), expected)) {
        return literal(expected);
      }
    }
    failed_ = true;
    return *this;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// 1 to 9 digits after the point; those beyond microseconds are cut.
std::chrono::microseconds scan_fraction(Scanner& scanner) {
  int micros = 0;
  int rest = 0;
  int leading = 0;
  for (; leading < 6 && scanner.at_digit(); ++leading) {
    int digit = 0;
    scanner.number(digit, 1, 1);
    micros = micros * 10 + digit;
  }
  if (leading == 0) {
    scanner.number(rest, 1, 1);  // a point without digits
  }
  scanner.number(rest, 0, 3);
  for (; leading < 6; ++leading) {
    micros *= 10;
  }
  return std::chrono::microseconds{micros};
}

// Nothing means UTC, as the specification says of these dates.
std::chrono::minutes scan_offset(Scanner& scanner) {
  if (scanner.at_end()) {
    return {};
  }
  if (scanner.at('z')) {
    scanner.literal("z");
    return {};
  }
  const int sign = scanner.at('-') ? -1 : 1;
  scanner.literal(sign < 0 ? "-" : "+");
  int hours = 0;
  int minutes = 0;
  scanner.number(hours, 2, 2).literal(":").number(minutes, 2, 2);
  return sign * (std::chrono::hours{hours} + std::chrono::minutes{minutes});
}

std::optional<DateTime> scan_rfc1123(std::string_view text) {
  DateTime parsed;
  Scanner scanner(text);
  int weekday = 0;  // not compared with the date: it adds nothing, and refusing it would lose the job's time
  scanner.name(kWeekdays, weekday)
      .literal(", ")
      .number(parsed.day, 1, 2)
      .literal(" ")
      .name(kMonths, parsed.month);
  scanner.literal(" ").number(parsed.year, 4, 4).literal(" ").number(parsed.hour, 2, 2).literal(":");
  scanner.number(parsed.minute, 2, 2).literal(":").number(parsed.second, 2, 2).literal(" GMT");
  ++parsed.month;
  return scanner.matched_all() ? std::optional(parsed) : std::nullopt;
}

std::optional<DateTime> scan_iso8601(std::string_view text) {
  DateTime parsed;
  Scanner scanner(text);
  scanner.number(parsed.year, 4, 4)
      .literal("-")
      .number(parsed.month, 2, 2)
      .literal("-")
      .number(parsed.day, 2, 2);
  scanner.literal("t").number(parsed.hour, 2, 2).literal(":").number(parsed.minute, 2, 2).literal(":");
  scanner.number(parsed.second, 2, 2);
  if (scanner.at('.')) {
    scanner.literal(".");
    parsed.fraction = scan_fraction(scanner);
  }
  parsed.offset = scan_offset(scanner);
  return scanner.matched_all() ? std::optional(parsed) : std::nullopt;
}

std::optional<WallTime> to_wall_time(const DateTime& parsed) {
  const std::chrono::year_month_day date{std::chrono::year{parsed.year},
                                         std::chrono::month{static_cast<unsigned>(parsed.month)},
                                         std::chrono::day{static_cast<unsigned>(parsed.day)}};
  const bool valid = date.ok() && parsed.hour < 24 && parsed.minute < 60 && parsed.second < 60 &&
                     std::chrono::abs(parsed.offset) < std::chrono::hours{24};
  if (!valid) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + std::chrono::hours{parsed.hour} + std::chrono::minutes{parsed.minute} +
         std::chrono::seconds{parsed.second} + parsed.fraction - parsed.offset;
}

}  // namespace

Result<std::optional<WallTime>> parse_job_time(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  auto parsed = scan_rfc1123(text);
  if (!parsed) {
    parsed = scan_iso8601(text);
  }
  const auto time = parsed ? to_wall_time(*parsed) : std::nullopt;
  if (!time) {
    return fail(ErrorKind::bad_response, "\"" + std::string(cut_utf8(text, 64)) + "\" is not a date");
  }
  return parsed->year == 1 || parsed->year == 9999 ? std::nullopt : time;
}

}  // namespace iothub

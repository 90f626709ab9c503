#include "metrics/process_metrics.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace iothub {

namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Fields of /proc/self/stat as proc(5) numbers them; the name before them may hold spaces and parentheses.
std::optional<double> stat_field(int number) {
  const std::string stat = read_file("/proc/self/stat");
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(stat.substr(name_end + 1));
  std::string field;
  for (int i = 3; i <= number && fields >> field; ++i) {
  }
  return fields ? std::optional(std::strtod(field.c_str(), nullptr)) : std::nullopt;
}

std::optional<double> per_tick(std::optional<double> ticks) {
  const long rate = sysconf(_SC_CLK_TCK);
  return ticks && rate > 0 ? std::optional(*ticks / static_cast<double>(rate)) : std::nullopt;
}

std::optional<double> cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) {
    return std::nullopt;
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> resident_bytes() {
  const auto pages = stat_field(24);
  return pages ? std::optional(*pages * static_cast<double>(sysconf(_SC_PAGESIZE))) : std::nullopt;
}

std::optional<double> virtual_bytes() {
  return stat_field(23);
}
std::optional<double> threads() {
  return stat_field(20);
}

std::optional<double> open_fds() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  double count = -1;  // the one that is reading the folder
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return error ? std::nullopt : std::optional(count);
}

std::optional<double> max_fds() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::optional(static_cast<double>(limit.rlim_cur))
                                               : std::nullopt;
}

std::optional<double> read_start_time() {
  const auto after_boot = per_tick(stat_field(22));
  std::istringstream stat(read_file("/proc/stat"));
  std::string word;
  double boot = 0;
  while (stat >> word) {
    if (word == "btime" && stat >> boot && after_boot) {
      return boot + *after_boot;
    }
  }
  return std::nullopt;
}

// /proc/stat is long, and this is asked for with every scrape.
std::optional<double> start_time() {
  static const auto kStartTime = read_start_time();
  return kStartTime;
}

struct ProcessMetric {
  MetricRow row;
  std::optional<double> (*read)();
};

constexpr auto kProcessMetrics = std::to_array<ProcessMetric>({
    {{"process_cpu_seconds_total", MetricType::counter, "", "User and system CPU time spent in seconds."},
     cpu_seconds},
    {{"process_max_fds", MetricType::gauge, "", "Maximum number of open file descriptors."}, max_fds},
    {{"process_open_fds", MetricType::gauge, "", "Number of open file descriptors."}, open_fds},
    {{"process_resident_memory_bytes", MetricType::gauge, "", "Resident memory size in bytes."},
     resident_bytes},
    {{"process_start_time_seconds", MetricType::gauge, "",
      "Start time of the process since 1970 in seconds."},
     start_time},
    {{"process_threads", MetricType::gauge, "", "Number of threads of the process."}, threads},
    {{"process_virtual_memory_bytes", MetricType::gauge, "", "Virtual memory size in bytes."}, virtual_bytes},
});

}  // namespace

void render_process(TextWriter& out) {
  for (const ProcessMetric& metric : kProcessMetrics) {
    if (const auto value = metric.read()) {
      out.family(metric.row.name, metric.row.type, metric.row.help);
      out.sample(metric.row.name, {}, *value);
    }
  }
}

std::vector<MetricRow> process_metric_rows() {
  std::vector<MetricRow> rows;
  std::ranges::transform(kProcessMetrics, std::back_inserter(rows), &ProcessMetric::row);
  return rows;
}

}  // namespace iothub

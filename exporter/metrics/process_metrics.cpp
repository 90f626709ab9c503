#include "metrics/process_metrics.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace iothub {

namespace {

std::string read_file(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Fields of /proc/self/stat as proc(5) numbers them, up to the last one that is needed; none if it cannot be
// read.
class Stat {
 public:
  static Stat read() {
    const std::string text = read_file("/proc/self/stat");
    const auto name_end = text.rfind(')');  // the name may hold spaces and parentheses itself
    std::istringstream words(name_end == std::string::npos ? "" : text.substr(name_end + 1));
    Stat stat;
    std::string word;
    while (stat.fields_.size() + kFirst <= kLast && words >> word) {
      stat.fields_.push_back(std::strtod(word.c_str(), nullptr));
    }
    return stat;
  }

  [[nodiscard]] std::optional<double> field(std::size_t number) const {
    const std::size_t i = number - kFirst;
    return i < fields_.size() ? std::optional(fields_[i]) : std::nullopt;
  }

 private:
  static constexpr std::size_t kFirst = 3;  // behind the name
  static constexpr std::size_t kLast = 24;

  std::vector<double> fields_;
};

std::optional<double> per_tick(std::optional<double> ticks) {
  const long rate = sysconf(_SC_CLK_TCK);
  return ticks && rate > 0 ? std::optional(*ticks / static_cast<double>(rate)) : std::nullopt;
}

std::optional<double> cpu_seconds(const Stat& /*unused*/) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) {
    return std::nullopt;
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> resident_bytes(const Stat& stat) {
  const auto pages = stat.field(24);
  return pages ? std::optional(*pages * static_cast<double>(sysconf(_SC_PAGESIZE))) : std::nullopt;
}

std::optional<double> virtual_bytes(const Stat& stat) {
  return stat.field(23);
}
std::optional<double> threads(const Stat& stat) {
  return stat.field(20);
}

std::optional<double> open_fds(const Stat& /*unused*/) {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  double count = -1;  // the one that is reading the folder
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return error ? std::nullopt : std::optional(count);
}

std::optional<double> max_fds(const Stat& /*unused*/) {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::optional(static_cast<double>(limit.rlim_cur))
                                               : std::nullopt;
}

std::optional<double> read_start_time(const Stat& own) {
  const auto after_boot = per_tick(own.field(22));
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
std::optional<double> start_time(const Stat& stat) {
  static const auto kStartTime = read_start_time(stat);
  return kStartTime;
}

struct ProcessMetric {
  MetricRow row;
  std::optional<double> (*value)(const Stat& stat);
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
  const Stat stat = Stat::read();
  for (const ProcessMetric& metric : kProcessMetrics) {
    if (const auto value = metric.value(stat)) {
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

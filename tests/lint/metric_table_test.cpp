// The README's table of metrics is the code's. UPDATE_README=1 writes it anew.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "metrics/exporter_metrics.hpp"
#include "metrics/fleet_families.hpp"

namespace iothub {
namespace {

constexpr std::string_view kBegin = "<!-- metrics: begin -->\n";
constexpr std::string_view kEnd = "<!-- metrics: end -->";

void append_row(std::string& table, const MetricRow& row) {
  std::string labels(row.labels);
  for (auto at = labels.find(','); at != std::string::npos; at = labels.find(',', at + 1)) {
    labels.insert(at + 1, " ");
  }
  table += "| `" + std::string(row.name) + "` | " + std::string(to_string(row.type)) + " | " + labels +
           " | " + std::string(row.help) + " |\n";
}

std::string table_of_code() {
  std::string table = "\n| name | type | labels | meaning |\n|---|---|---|---|\n";
  for (const MetricRow& row : fleet_metric_rows()) {
    append_row(table, row);
  }
  for (const MetricRow& row : exporter_metric_rows()) {
    append_row(table, row);
  }
  return table + "\n";
}

TEST(Readme, ItsTableOfMetricsIsTheCodes) {
  std::ifstream file(IOTHUB_README);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto begin = text.find(kBegin);
  const auto end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const auto from = begin + kBegin.size();
  if (std::getenv("UPDATE_README") != nullptr) {  // NOLINT(concurrency-mt-unsafe): a test has one thread
    text.replace(from, end - from, table_of_code());
    std::ofstream(IOTHUB_README) << text;
    return;
  }
  EXPECT_EQ(text.substr(from, end - from), table_of_code());
}

}  // namespace
}  // namespace iothub

#include "exposition/format.hpp"

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(Format, TextDescribesAFamilyByTheNameOfItsSamples) {
  EXPECT_EQ(family_header(Format::text, "polls_total", MetricType::counter, "Polls."),
            "# HELP polls_total Polls.\n# TYPE polls_total counter\n");
  EXPECT_EQ(family_header(Format::text, "hub_info", MetricType::info, "Always 1."),
            "# HELP hub_info Always 1.\n# TYPE hub_info gauge\n");
}

TEST(Format, OpenMetricsNamesCountersAndInfosWithoutTheirSuffix) {
  EXPECT_EQ(family_header(Format::openmetrics, "polls_total", MetricType::counter, "Polls."),
            "# TYPE polls counter\n# HELP polls Polls.\n");
  EXPECT_EQ(family_header(Format::openmetrics, "hub_info", MetricType::info, "Always 1."),
            "# TYPE hub info\n# HELP hub Always 1.\n");
  EXPECT_EQ(family_header(Format::openmetrics, "x_info", MetricType::gauge, "."),
            "# TYPE x_info gauge\n# HELP x_info .\n");
}

TEST(Format, OpenMetricsTellsTheUnitBetweenTypeAndHelp) {
  EXPECT_EQ(family_header(Format::openmetrics, "cpu_seconds_total", MetricType::counter, "CPU."),
            "# TYPE cpu_seconds counter\n# UNIT cpu_seconds seconds\n# HELP cpu_seconds CPU.\n");
  EXPECT_EQ(family_header(Format::openmetrics, "memory_bytes", MetricType::gauge, "Memory."),
            "# TYPE memory_bytes gauge\n# UNIT memory_bytes bytes\n# HELP memory_bytes Memory.\n");
  EXPECT_EQ(unit_of("took_seconds"), "seconds");
  EXPECT_EQ(unit_of("seconds_of_grace"), "");
  EXPECT_EQ(unit_of("kilobytes"), "");
}

TEST(Format, HelpIsEscapedAsEachFormatWants) {
  EXPECT_EQ(family_header(Format::text, "x", MetricType::gauge, "a\\b\n\"c\""),
            "# HELP x a\\\\b\\n\"c\"\n# TYPE x gauge\n");
  EXPECT_EQ(family_header(Format::openmetrics, "x", MetricType::gauge, "a\\b\n\"c\""),
            "# TYPE x gauge\n# HELP x a\\\\b\\n\\\"c\\\"\n");
}

TEST(Format, ContentTypesCarryVersionAndCharset) {
  EXPECT_EQ(content_type(Format::text), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::openmetrics), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(page_end(Format::text), "");
  EXPECT_EQ(page_end(Format::openmetrics), "# EOF\n");
}

}  // namespace
}  // namespace iothub

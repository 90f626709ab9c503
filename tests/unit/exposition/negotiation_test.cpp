#include "exposition/negotiation.hpp"

#include <gtest/gtest.h>

namespace iothub {
namespace {

TEST(ChooseFormat, GivesPrometheusWhatItPrefers) {
  EXPECT_EQ(
      choose_format("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
                    "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
      Format::openmetrics)
      << "Prometheus 2.42";
  EXPECT_EQ(choose_format("text/plain;version=0.0.4;q=1,*/*;q=0.1"), Format::text) << "Prometheus 2.4";
  EXPECT_EQ(
      choose_format("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping="
                    "allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"),
      Format::openmetrics)
      << "Prometheus 3";
  EXPECT_EQ(
      choose_format("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding="
                    "delimited;q=0.6,text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version="
                    "1.0.0;q=0.4,*/*;q=0.2"),
      Format::text)
      << "Prometheus 3 that was told to prefer text to OpenMetrics";
}

TEST(ChooseFormat, GivesTextToWhoeverDoesNotNameOpenMetrics) {
  for (const auto* accept : {"", "*/*", "text/*", "text/plain", "text/html,application/xhtml+xml,*/*;q=0.8",
                             "application/json", "application/*", "nonsense", ",;,=,\"", "*/*;q=0"}) {
    EXPECT_EQ(choose_format(accept), Format::text) << accept;
  }
}

TEST(ChooseFormat, GivesTextForVersionsItDoesNotKnow) {
  for (const auto* accept :
       {"application/openmetrics-text;version=0.0.1", "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text; version=1.0.0.0, */*"}) {
    EXPECT_EQ(choose_format(accept), Format::text) << accept;
  }
  EXPECT_EQ(choose_format("application/openmetrics-text"), Format::openmetrics);
}

TEST(ChooseFormat, ReadsTheHeaderAsItMayBeWritten) {
  for (const auto* accept :
       {"Application/OpenMetrics-Text ; Version=\"1.0.0\" ; charset=utf-8",
        "\tapplication/openmetrics-text;VERSION=1.0.0;Q=1.000",
        "text/plain;a=\"x,application/json;q=1\";q=0.2 , application/openmetrics-text;q=0.3",
        "application/openmetrics-text;;q=1;"}) {
    EXPECT_EQ(choose_format(accept), Format::openmetrics) << accept;
  }
}

TEST(ChooseFormat, ObeysWeights) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5,text/plain"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5,*/*;q=0.6"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5,text/plain;q=0.1,*/*"), Format::openmetrics)
      << "what is said of text itself counts more than what is said of everything";
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0;q=0,application/openmetrics-text"),
            Format::text)
      << "and what is said of a version more than what is said of the format";
  EXPECT_EQ(choose_format("application/openmetrics-text,text/plain"), Format::openmetrics);
  for (const auto* weight : {"q=2", "q=-1", "q=x", "q=", "q=1e-1", "q=nan"}) {
    EXPECT_EQ(choose_format(std::string("application/openmetrics-text;") + weight), Format::text) << weight;
  }
}

TEST(ChooseEncoding, CompressesForWhoAsksForIt) {
  for (const auto* accepted :
       {"gzip", "GZIP", "x-gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "*",
        "identity;q=0, gzip;q=0.1", "identity;q=0.5, gzip;q=0.5", "identity;q=0, *", "gzip;q=0.001"}) {
    EXPECT_EQ(choose_encoding(accepted), Encoding::gzip) << accepted;
  }
}

TEST(ChooseEncoding, DoesNotForWhoDoesNotOrRefusesEverything) {
  for (const auto* accepted : {"", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "identity;q=0",
                               "identity, gzip;q=0.9", "gzip;q=oops"}) {
    EXPECT_EQ(choose_encoding(accepted), Encoding::identity) << accepted;
  }
}

}  // namespace
}  // namespace iothub

// The series of a page in prometheus-cpp's registry, as an exporter that uses the library would keep them.
#pragma once

#include <memory>
#include <sstream>
#include <string>

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace iothub::bench {

// Reads our own text format, which escapes nothing in the benchmarks' labels.
inline prometheus::Labels labels_of(const std::string& line) {
  prometheus::Labels labels;
  auto at = line.find('{') + 1;
  while (line[at] != '}') {
    const auto equals = line.find('=', at);
    const auto quote = line.find('"', equals + 2);
    labels[line.substr(at, equals - at)] = line.substr(equals + 2, quote - equals - 2);
    at = quote + (line[quote + 1] == ',' ? 2U : 1U);
  }
  return labels;
}

inline std::shared_ptr<prometheus::Registry> same_series(const std::string& page) {
  auto registry = std::make_shared<prometheus::Registry>();
  std::istringstream lines(page);
  prometheus::Family<prometheus::Gauge>* family = nullptr;
  std::string help;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) {
      help = line.substr(line.find(' ', 7) + 1);
    } else if (line.starts_with("# TYPE ")) {
      family = &prometheus::BuildGauge()
                    .Name(line.substr(7, line.find(' ', 7) - 7))
                    .Help(help)
                    .Register(*registry);
    } else {
      family->Add(labels_of(line)).Set(std::stod(line.substr(line.rfind(' '))));
    }
  }
  return registry;
}

}  // namespace iothub::bench

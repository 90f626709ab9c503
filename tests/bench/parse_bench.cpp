// Reading an answer to List Jobs with 1,000 jobs: ours into jobs, beside RapidJSON's Document of the same
// bytes.
#include <array>
#include <cstddef>
#include <string>

#include <benchmark/benchmark.h>
#include <rapidjson/document.h>

#include "bench/large_fleet.hpp"
#include "job/job_json.hpp"

namespace iothub::bench {
namespace {

constexpr std::size_t kJobs = 1'000;

// As ARM writes them: dates of RFC 1123, and no member that has nothing to say.
std::string page() {
  constexpr std::array kTypes{"export", "import", "backup", "firmwareUpdate"};
  std::string body = R"({"value":[)";
  for (std::size_t i = 0; i < kJobs; ++i) {
    const bool has_failed = i % 7 == 0;
    const std::string minute = std::to_string(10 + i % 50);
    body += i == 0 ? "{" : ",{";
    body += R"("jobId":")" + job_id(i) + R"(",)";
    body += R"("startTimeUtc":"Sun, 22 Nov 2026 03:)" + minute + R"(:12 GMT",)";
    body += R"("endTimeUtc":"Sun, 22 Nov 2026 04:)" + minute + R"(:29 GMT",)";
    body += R"("type":")" + std::string(kTypes.at(i % kTypes.size())) + R"(",)";
    body += has_failed ? R"("status":"failed","failureReason":"The container \"exports\" does not exist."})"
                       : R"("status":"completed"})";
  }
  return body + "]}";
}

void ours(benchmark::State& state) {
  const std::string body = page();
  while (state.KeepRunning()) {
    auto jobs = parse_job_page(body);
    if (!jobs || jobs->jobs.size() != kJobs || !jobs->oddities.empty()) {
      state.SkipWithError("the page was not read whole");
      return;
    }
    benchmark::DoNotOptimize(jobs);
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}

void document(benchmark::State& state) {
  const std::string body = page();
  while (state.KeepRunning()) {
    rapidjson::Document document;
    document.Parse(body.data(), body.size());
    if (document.HasParseError() || document["value"].Size() != kJobs) {
      state.SkipWithError("the page was not read whole");
      return;
    }
    benchmark::DoNotOptimize(document);
  }
  state.counters["bytes"] = static_cast<double>(body.size());
}

BENCHMARK(ours)->Name("parse/ours")->Unit(benchmark::kMicrosecond);
BENCHMARK(document)->Name("parse/RapidJSON Document")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace iothub::bench

// What the ledger costs a poll of a hub with 20 jobs: in memory and in a file, when nothing has changed and
// when one job has finished.
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "bench/large_fleet.hpp"
#include "core/system_clock.hpp"
#include "fleet/ledger.hpp"

namespace iothub::bench {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kJobs = 20;
constexpr hours kBetweenJobs{6};  // so that the ledger remembers 35 days of them, some 160
const HubId kHub{.subscription_id = "s", .resource_group = "g", .name = "testHub"};

// A folder that is gone at the end, on the disk of the build rather than in memory.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_ =
      std::filesystem::current_path() / ("ledger_bench." + std::to_string(getpid()));
};

std::unique_ptr<Ledger> open(const std::string& folder) {
  static const SystemClock clock;
  if (folder.empty()) {
    return std::make_unique<Ledger>();
  }
  auto ledger = Ledger::open(folder, clock, [](const std::optional<Error>& /*error*/) {});
  return ledger ? *std::move(ledger) : nullptr;
}

// The hub's list after so many of its jobs have finished: the newest one runs, the others have completed.
HubJobs list(std::size_t finished) {
  HubJobs jobs;
  for (std::size_t i = finished; i < finished + kJobs; ++i) {
    const WallTime start = kNow + kBetweenJobs * i;
    const bool runs = i + 1 == finished + kJobs;
    jobs.jobs.push_back(make_job(job_id(i), JobType::export_devices,
                                 runs ? JobStatus::running : JobStatus::completed, start,
                                 runs ? std::optional<WallTime>() : start + seconds{50}));
  }
  jobs.read_at = kNow + kBetweenJobs * (finished + kJobs);
  return jobs;
}

void unchanged(benchmark::State& state, const std::string& folder) {
  const auto ledger = open(folder);
  if (!ledger) {
    state.SkipWithError("the ledger cannot be opened");
    return;
  }
  HubJobs jobs = list(0);
  for (Job& job : jobs.jobs) {
    job.status = JobStatus::completed;  // all at rest
    job.end = *job.start + seconds{50};
  }
  SteadyTime began{};
  while (state.KeepRunning()) {
    auto totals = ledger->enter(kHub, jobs, began);
    benchmark::DoNotOptimize(totals);
    began += minutes{1};
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void one_finishing(benchmark::State& state, const std::string& folder) {
  const auto ledger = open(folder);
  if (!ledger) {
    state.SkipWithError("the ledger cannot be opened");
    return;
  }
  std::size_t finished = 0;
  SteadyTime began{};
  std::shared_ptr<const HubTotals> totals;
  while (state.KeepRunning()) {
    state.PauseTiming();
    HubJobs jobs = list(finished++);
    began += seconds{15};
    state.ResumeTiming();
    totals = ledger->enter(kHub, jobs, began);
    benchmark::DoNotOptimize(totals);
  }
  if (totals->of(JobType::export_devices).finished[0].jobs + 1 != finished ||
      ledger->storage().value_or(LedgerStorage{}).errors > 0) {
    state.SkipWithError("the ledger missed a job");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void unchanged_in_file(benchmark::State& state) {
  const Folder folder;
  unchanged(state, folder.path());
}
void one_finishing_in_file(benchmark::State& state) {
  const Folder folder;
  one_finishing(state, folder.path());
}

BENCHMARK_CAPTURE(unchanged, in_memory, "")->Name("ledger/memory/unchanged")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(one_finishing, in_memory, "")
    ->Name("ledger/memory/one finishing")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(unchanged_in_file)->Name("ledger/file/unchanged")->Unit(benchmark::kMicrosecond);
BENCHMARK(one_finishing_in_file)
    ->Name("ledger/file/one finishing")
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace
}  // namespace iothub::bench

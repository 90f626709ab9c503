// A ledger in a folder of the test's own, and polls to enter into it.
#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fleet/ledger.hpp"
#include "fleet/sqlite.hpp"
#include "support/temporary_folder.hpp"
#include "unit/fleet/account_jobs.hpp"

namespace iothub {

class LedgerTest : public testing::Test {
 protected:
  // Begins anew with what is in the folder, as a process does.
  void open() {
    ledger.reset();
    auto opened = Ledger::open(folder.path("storage"), clock, [this](const std::optional<Error>& error) {
      told.push_back(error ? error->message : "works again");
    });
    ASSERT_TRUE(opened) << opened.error().message;
    ledger = *std::move(opened);
  }

  // Why it cannot be opened.
  std::string refusal(const std::string& name = "storage") {
    const auto opened = Ledger::open(folder.path(name), clock, nullptr);
    if (opened) {
      return "it was opened";
    }
    EXPECT_EQ(opened.error().kind, ErrorKind::bad_config);
    return opened.error().message;
  }

  // Some time after what was before.
  std::shared_ptr<const HubTotals> poll(const std::string& hub, std::vector<Job> jobs,
                                        std::chrono::seconds later = std::chrono::minutes{1}) {
    clock.advance(later);
    HubJobs list = list_of(std::move(jobs), clock.wall_now());
    return ledger->enter({.subscription_id = "s", .resource_group = "g", .name = hub}, list,
                         clock.steady_now());
  }

  static std::uint64_t completed(const std::shared_ptr<const HubTotals>& totals) {
    return totals->of(JobType::export_devices).finished.at(0).jobs;
  }
  std::uint64_t completed(const std::string& hub) {
    return completed(ledger->totals({.subscription_id = "s", .resource_group = "g", .name = hub}));
  }

  static Job done(std::string id) {
    return job_of(std::move(id), JobStatus::completed, FakeClock::kNoon,
                  FakeClock::kNoon + std::chrono::seconds{7});
  }

  void run_sql(const std::string& sql) {
    auto database = SqlDatabase::open(folder.path("storage/ledger.db"));
    ASSERT_TRUE(database) << database.error().message;
    const auto outcome = database->run(sql);
    ASSERT_TRUE(outcome) << outcome.error().message;
  }

  [[nodiscard]] std::string content() const {
    std::ifstream file(folder.path("storage/ledger.db"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder;
  FakeClock clock;
  std::vector<std::string> told;
  std::unique_ptr<Ledger> ledger;
};

}  // namespace iothub

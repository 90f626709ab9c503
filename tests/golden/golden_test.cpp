// Configuration and answers of Azure in, text of /metrics out: through the real loader, client, poller and
// renderer.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "auth/make_credential.hpp"
#include "azure/arm_client.hpp"
#include "config/config_loader.hpp"
#include "metrics/fleet_page.hpp"
#include "poll/hub_poller.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_http_client.hpp"
#include "support/page_text.hpp"

namespace iothub {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::ranges::transform(fs::directory_iterator(folder), std::back_inserter(entries),
                         [](const fs::directory_entry& entry) { return entry.path(); });
  std::ranges::sort(entries);
  return entries;
}

// The part of `url` between `before` and the next of "/?".
std::string segment_after(const std::string& url, std::string_view before) {
  const auto start = url.find(before);
  if (start == std::string::npos) {
    return {};
  }
  const auto from = start + before.size();
  return url.substr(from, url.find_first_of("/?", from) - from);
}

// "list_jobs.factory." for the list of that hub; what follows is the status.
std::string file_start(const HttpRequest& request) {
  std::string start = std::string(request.api) + "." + segment_after(request.url, "/IotHubs/") + ".";
  if (request.api == "get_job") {
    start += segment_after(request.url, "/jobs/") + ".";
  }
  return start;
}

HttpResponse answer_from(const fs::path& folder, const HttpRequest& request) {
  if (request.api == "token") {
    return {.status = 200, .headers = {}, .body = R"({"expires_in":3599,"access_token":"golden"})"};
  }
  if (const auto page = segment_after(request.url, "/golden/"); !page.empty()) {
    return {.status = 200, .headers = {}, .body = read_file(folder / page)};
  }
  const std::string start = file_start(request);
  for (const fs::path& path : sorted_entries(folder)) {
    const std::string name = path.filename();
    if (name.starts_with(start)) {
      return {.status = std::stoi(name.substr(start.size())), .headers = {}, .body = read_file(path)};
    }
  }
  return {.status = 404, .headers = {}, .body = {}};
}

// The page after all polls of the case, without the exporter's own metrics.
std::string page_of(const fs::path& folder, Format format) {
  const auto config = load_config(folder / "config.yaml", [](const std::string&) { return std::nullopt; });
  if (!config) {
    return config.error().front().message;
  }
  FakeClock clock;
  FakeHttpClient http;
  Fleet fleet;
  Ledger ledger;
  ArmClient arm(config->cloud, http, nullptr);
  TokenCache token("default", make_credential(config->credentials.front(), http, clock), clock, nullptr);
  ReadAllowance reads("golden", "default", {}, clock, nullptr);
  std::vector<std::unique_ptr<HubPoller>> pollers;
  for (const HubOptions& hub : config->hubs) {
    pollers.push_back(
        std::make_unique<HubPoller>(hub, config->poll, arm, ArmCaller{token, reads}, fleet, ledger, clock));
  }
  for (int poll = 1; fs::is_directory(folder / ("poll-" + std::to_string(poll))); ++poll) {
    const fs::path answers = folder / ("poll-" + std::to_string(poll));
    clock.advance(poll == 1 ? std::chrono::minutes{0} : std::chrono::minutes{1});
    http.otherwise([answers](const HttpRequest& request, const std::stop_token&) -> Result<HttpResponse> {
      return answer_from(answers, request);
    });
    for (const auto& poller : pollers) {
      (void)poller->poll({});
    }
  }
  FleetPage page(fleet, {.stale_after = config->poll.stale_after, .details = config->job_details});
  const auto body = page.get(format, Encoding::identity, clock.wall_now(), clock.steady_now());
  return joined(finish_page(body->page, Encoding::identity, std::string(page_end(format))));
}

class Golden : public testing::TestWithParam<fs::path> {};

void expect_page(const fs::path& expected, Format format) {
  const std::string page = page_of(expected.parent_path(), format);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe): a test has one thread
    std::ofstream(expected, std::ios::binary) << page;
  }
  EXPECT_EQ(page, read_file(expected));
}

TEST_P(Golden, PageIsAsExpected) {
  expect_page(GetParam() / "metrics.prom", Format::text);
}

TEST_P(Golden, PageInOpenMetricsIsAsExpected) {
  expect_page(GetParam() / "metrics.openmetrics", Format::openmetrics);
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(sorted_entries(IOTHUB_GOLDEN_CASES)),
                         [](const auto& row) {
                           std::string name = row.param.filename();
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace iothub

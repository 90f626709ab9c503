// Feeds every recorded answer of Azure, where a folder of them exists, to the parser that it belongs to.
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "azure/arm_error.hpp"
#include "azure/hub_json.hpp"
#include "job/job_json.hpp"

namespace iothub {
namespace {

namespace fs = std::filesystem;

using testing::IsEmpty;

std::string to_text(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

rapidjson::Document read_document(const fs::path& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  rapidjson::Document document;
  document.Parse(text.c_str());
  EXPECT_FALSE(document.HasParseError()) << path;
  return document;
}

// The answer that a recording or an official example holds.
std::optional<HttpResponse> answer_in(const rapidjson::Document& document) {
  HttpResponse response{.status = 200, .headers = {}, .body = {}};
  if (document.HasMember("response")) {
    const auto& recorded = document["response"];
    response.status =
        recorded.HasMember("status") && recorded["status"].IsInt() ? recorded["status"].GetInt() : 0;
    response.body = recorded.HasMember("body") ? to_text(recorded["body"]) : "";
    return response;
  }
  if (document.HasMember("example")) {
    response.body = to_text(document["example"]["responses"]["200"]["body"]);
    return response;
  }
  return std::nullopt;
}

void expect_job(const HttpResponse& answer) {
  const auto job = parse_job(answer.body);
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_NE(job->job.id, "");
  EXPECT_NE(job->job.type, JobType::other);
  EXPECT_NE(job->job.status, JobStatus::other);
  EXPECT_TRUE(job->job.start);
  EXPECT_EQ(job->job.end.has_value(), !is_active(job->job.status));
  EXPECT_THAT(job->oddities, IsEmpty());
}

// Scheduled jobs of the hub's own API; ARM is not specified to show them, but nothing breaks if it does.
void expect_foreign_job(const HttpResponse& answer) {
  EXPECT_TRUE(parse_job(answer.body));
}

void expect_job_page(const HttpResponse& answer) {
  const auto page = parse_job_page(answer.body);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->next_link, "");
  EXPECT_THAT(page->oddities, IsEmpty());
}

void expect_hub(const HttpResponse& answer) {
  const auto hub = parse_hub(answer.body);
  ASSERT_TRUE(hub) << hub.error().message;
  EXPECT_NE(hub->location, "");
  EXPECT_NE(hub->sku, "");
}

void expect_hubs(const HttpResponse& answer) {
  rapidjson::Document list;
  list.Parse(answer.body.c_str());
  ASSERT_TRUE(list.IsObject() && list["value"].IsArray());
  for (const auto& hub : list["value"].GetArray()) {
    expect_hub({.status = 200, .headers = {}, .body = to_text(hub)});
  }
}

void expect_error(const HttpResponse& answer) {
  const auto body = parse_arm_error(answer.body);
  EXPECT_NE(body.code + body.message, "");
  EXPECT_NE(arm_error(answer).message, "");
}

void expect_missing_job(const HttpResponse& answer) {
  EXPECT_TRUE(says_no_such_job(answer));
}

void expect_missing_hub(const HttpResponse& answer) {
  expect_error(answer);
  EXPECT_FALSE(says_no_such_job(answer));
  EXPECT_EQ(arm_error(answer).kind, ErrorKind::not_found);
}

using Check = std::function<void(const HttpResponse&)>;

// By the start of the file's name, the longest that fits.
const std::map<std::string, Check>& checks() {
  static const std::map<std::string, Check> all{
      {"arm-4", expect_error},
      {"arm-5", expect_error},
      {"arm-404-", expect_missing_hub},
      {"arm-gateway-", expect_error},
      {"arm-gethub-200-", expect_hub},
      {"arm-gethub-404-", expect_missing_hub},
      {"arm-puthub-201-", expect_hub},
      {"arm-getjob-404-", expect_missing_job},
      {"arm-listjobs-200-", expect_job_page},
      {"arm-listhubs-", expect_hubs},
      {"official-iothub_get-", expect_hub},
      {"official-iothub_getjob-", expect_job},
      {"official-iothub_exportdevices-", expect_job},
      {"official-iothub_importdevices-", expect_job},
      {"official-iothub_listjobs-", expect_job_page},
      {"official-iothub_listby", expect_hubs},
      {"reconstructed-arm-getjob-", expect_job},
      {"dp-getjob-200-", expect_job},
      {"dp-createjob-200-", expect_job},
      {"dp-clifixture-getscheduledjob-", expect_foreign_job},
      {"dp-401-", expect_error},
      {"dp-429-", expect_error},
      {"dp-delete-job-404-", expect_error},
  };
  return all;
}

// Recordings of calls that this version does not make.
const std::set<std::string>& without_parser() {
  static const std::set<std::string> all{
      "arm-deletehub-202",     "arm-headers-2025",       "arm-iothubstats-",
      "arm-quotametrics-",     "arm-ratelimit-headers-", "official-iothub_operations",
      "official-iothub_quota", "official-iothub_stats",  "official-resourcegraph"};
  return all;
}

const Check* check_for(const std::string& name) {
  const Check* best = nullptr;
  for (const auto& [start, check] : checks()) {  // sorted, so a longer start comes after a shorter one
    best = name.starts_with(start) ? &check : best;
  }
  return best;
}

TEST(Recordings, EachIsReadByTheParserItBelongsTo) {
  const fs::path folder = IOTHUB_RECORDINGS;
  if (!fs::is_directory(folder)) {
    GTEST_SKIP() << "there are no recordings at " << folder;
  }
  int fed = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    const bool unused =
        std::ranges::any_of(without_parser(), [&](const auto& start) { return name.starts_with(start); });
    if (entry.path().extension() != ".json" || unused) {
      continue;
    }
    SCOPED_TRACE(name);
    const Check* check = check_for(name);
    ASSERT_NE(check, nullptr) << "a recording that no parser was told to read";
    const auto answer = answer_in(read_document(entry.path()));
    ASSERT_TRUE(answer);
    (*check)(*answer);
    ++fed;
  }
  EXPECT_GT(fed, 0);
  RecordProperty("recordings", fed);
}

}  // namespace
}  // namespace iothub

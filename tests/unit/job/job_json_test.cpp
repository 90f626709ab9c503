#include "job/job_json.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const WallTime kSeedTime{std::chrono::seconds{1'497'554'458}};

// What is wrong with a page, empty if nothing.
std::string page_error(std::string_view body) {
  const auto page = parse_job_page(body);
  return page ? "" : page.error().message;
}

TEST(JobJson, ReadsTheExampleOfGetJob) {
  const auto read =
      parse_job(R"({"jobId":"test","startTimeUtc":"Thu, 15 Jun 2017 19:20:58 GMT",)"
                R"("endTimeUtc":"Thu, 15 Jun 2017 19:20:58 GMT","type":"unknown","status":"unknown"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->job, (Job{.id = "test",
                            .type = JobType::unknown,
                            .status = JobStatus::unknown,
                            .start = kSeedTime,
                            .end = kSeedTime,
                            .failure_reason = "",
                            .status_message = "",
                            .parent_id = ""}));
  EXPECT_EQ(read->job.duration(), std::chrono::microseconds{0});
  EXPECT_THAT(read->oddities, IsEmpty());
}

TEST(JobJson, ReadsAllEightMembersWhateverTheirCase) {
  const auto read = parse_job(
      R"({"JobId":"a","STARTTIMEUTC":"2020-08-20T00:08:31Z","endTimeUtc":"2020-08-20T00:08:34.5Z","Type":"Import",)"
      R"("status":"FAILED","failureReason":"no access","statusMessage":"see reason","parentJobId":"p"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->job.id, "a");
  EXPECT_EQ(read->job.type, JobType::import_devices);
  EXPECT_EQ(read->job.status, JobStatus::failed);
  EXPECT_EQ(read->job.duration(), std::chrono::milliseconds{3'500});
  EXPECT_EQ(read->job.failure_reason, "no access");
  EXPECT_EQ(read->job.status_message, "see reason");
  EXPECT_EQ(read->job.parent_id, "p");
}

TEST(JobJson, AnyMemberMayBeAbsentOrNull) {
  for (const auto body :
       {R"({"value":[{}]})",
        R"({"value":[{"jobId":null,"startTimeUtc":null,"endTimeUtc":null,"type":null,"status":null,)"
        R"("failureReason":null,"statusMessage":null,"parentJobId":null}]})"}) {
    const auto page = parse_job_page(body);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_THAT(page->jobs, ElementsAre(Job{}));
    EXPECT_THAT(page->oddities, IsEmpty());
    EXPECT_EQ(page->jobs.front().duration(), std::nullopt);
  }
}

TEST(JobJson, IgnoresMembersItDoesNotKnow) {
  const auto page = parse_job_page(
      R"({"etag":7,"more":{"value":[1,{"jobId":"x"}],"nextLink":3},"value":[{"jobId":"a","progress":100,)"
      R"("identity":{"jobId":"inner","type":["export"]},"excludeKeysInExport":true,"type":"export"}],"count":1e40})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->jobs, ElementsAre(Job{.id = "a",
                                          .type = JobType::export_devices,
                                          .start = {},
                                          .end = {},
                                          .failure_reason = "",
                                          .status_message = "",
                                          .parent_id = ""}));
}

TEST(JobJson, KeepsTheOrderOfAPageAndItsLink) {
  const auto page = parse_job_page(
      R"({"value":[{"jobId":"b"},{"jobId":"a"}],"nextLink":"https://management.azure.com/next?$skiptoken=x"})");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_THAT(page->jobs, SizeIs(2));
  EXPECT_EQ(page->jobs[0].id, "b");
  EXPECT_EQ(page->jobs[1].id, "a");
  EXPECT_EQ(page->next_link, "https://management.azure.com/next?$skiptoken=x");
}

TEST(JobJson, NoLinkANullLinkAndAnEmptyLinkEndTheList) {
  for (const auto body :
       {R"({"value":[]})", R"({"value":[],"nextLink":null})", R"({"nextLink":"","value":[]})"}) {
    const auto page = parse_job_page(body);
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->next_link, "");
    EXPECT_THAT(page->jobs, IsEmpty());
  }
}

TEST(JobJson, AnUnknownTypeOrStatusIsOtherAndReported) {
  const auto page =
      parse_job_page(R"({"value":[{"type":"scheduleUpdateTwin","status":"queued","jobId":"late"}]})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->jobs.front().type, JobType::other);
  EXPECT_EQ(page->jobs.front().status, JobStatus::other);
  EXPECT_THAT(page->oddities, ElementsAre(Oddity{"late", "type", "is \"scheduleUpdateTwin\""},
                                          Oddity{"late", "status", "is \"queued\""}));
}

TEST(JobJson, ADateThatIsNoneIsLeftOutAndReported) {
  const auto page = parse_job_page(R"({"value":[{"jobId":"a","startTimeUtc":"noon","status":"running"}]})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->jobs.front().start, std::nullopt);
  EXPECT_EQ(page->jobs.front().status, JobStatus::running);
  EXPECT_THAT(page->oddities, ElementsAre(Oddity{"a", "startTimeUtc", "is \"noon\""}));
}

TEST(JobJson, DatesThatAreTooFarApartAreNoDurationAndReported) {
  const auto read =
      parse_job(R"({"jobId":"a","startTimeUtc":"2026-08-20T00:08:31Z","endTimeUtc":"2031-08-20T00:08:30Z"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->job.duration(), std::nullopt);
  EXPECT_THAT(read->oddities, ElementsAre(Oddity{"a", "endTimeUtc", "is too long after startTimeUtc"}));
}

TEST(JobJson, AnEndBeforeTheStartIsADurationOfZeroAndReported) {
  const auto read =
      parse_job(R"({"jobId":"a","startTimeUtc":"2020-08-20T00:08:31Z","endTimeUtc":"2020-08-20T00:08:30Z"})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->job.duration(), std::chrono::microseconds{0});
  EXPECT_THAT(read->oddities, ElementsAre(Oddity{"a", "endTimeUtc", "is before startTimeUtc"}));
}

TEST(JobJson, AFreeTextOfAnotherTypeIsLeftOutAndReported) {
  const auto page = parse_job_page(
      R"({"value":[{"jobId":"a","failureReason":{"code":5},"statusMessage":[1],"parentJobId":7},{"jobId":"b"}]})");
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_THAT(page->jobs, SizeIs(2));
  EXPECT_EQ(page->jobs[0].failure_reason, "");
  EXPECT_THAT(page->oddities, ElementsAre(Oddity{"a", "failureReason", "is an object, not a text"},
                                          Oddity{"a", "statusMessage", "is an array, not a text"},
                                          Oddity{"a", "parentJobId", "is a number, not a text"}));
}

TEST(JobJson, ALoneSurrogateIsRepaired) {
  const auto page = parse_job_page(R"({"value":[{"jobId":"a\udc00b"}]})");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->jobs.front().id,
            "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
            "b");
}

TEST(JobJson, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(page_error("\xEF\xBB\xBF{\"value\":[]}"), "");
}

TEST(JobJson, NamesTheMemberThatHasTheWrongType) {
  EXPECT_EQ(page_error(R"({"value":[{"jobId":5}]})"),
            "the answer has a number as jobId, expected a text or null, at byte 19");
  EXPECT_EQ(page_error(R"({"value":[{"status":{}}]})"),
            "the answer has an object as status, expected a text or null, at byte 20");
  EXPECT_EQ(page_error(R"({"value":[{"startTimeUtc":false}]})"),
            "the answer has a boolean as startTimeUtc, expected a text or null, at byte 31");
  EXPECT_EQ(page_error(R"({"value":[{}],"nextLink":{}})"),
            "the answer has an object as nextLink, expected a text or null, at byte 25");
}

TEST(JobJson, APageThatIsNotOneIsRefusedWhole) {
  for (const auto body : {"",
                          " ",
                          "null",
                          "[]",
                          "\"text\"",
                          "7",
                          "{}",
                          R"({"value":null})",
                          R"({"value":{}})",
                          R"({"value":7})",
                          R"({"value":[null]})",
                          R"({"value":[[]]})",
                          R"({"value":["a"]})",
                          R"({"value":[{"jobId":"a"},3]})",
                          R"({"value":[],"value":[]})",
                          R"({"value":[]} x)",
                          R"({"value":[{"jobId":"a"})",
                          R"({"value":[],})",
                          "<html><body>504 Gateway Time-out</body></html>",
                          "{\"value\":[{\"jobId\":\"\xff\"}]}"}) {
    const auto page = parse_job_page(body);
    ASSERT_FALSE(page) << body;
    EXPECT_EQ(page.error().kind, ErrorKind::bad_response) << body;
  }
}

TEST(JobJson, NoStartOfAPageIsAPage) {
  const std::string body =
      R"({"value":[{"jobId":"a","status":"completed","type":"export"},{"jobId":"b"}],"nextLink":null})";
  ASSERT_EQ(page_error(body), "");
  for (std::size_t length = 0; length < body.size(); ++length) {
    EXPECT_NE(page_error(body.substr(0, length)), "") << body.substr(0, length);
  }
}

TEST(JobJson, ANulByteDoesNotHideTheRest) {
  EXPECT_EQ(page_error(std::string_view("{\"value\":[]}\0junk", 17)), "the answer holds a NUL byte");
}

TEST(JobJson, DeepNestingIsRefusedWithoutRecursion) {
  const std::string body = R"({"value":[],"x":)" + std::string(1'000'000, '[');
  EXPECT_EQ(page_error(body), "the answer is nested deeper than 64, at byte 79");
}

TEST(JobJson, ASingleJobNeedsOneOfItsMembers) {
  for (const auto body : {"{}", R"({"error":{"code":"x"}})", "[]", "null", ""}) {
    EXPECT_FALSE(parse_job(body)) << body;
  }
  EXPECT_TRUE(parse_job(R"({"status":null})"));
}

}  // namespace
}  // namespace iothub

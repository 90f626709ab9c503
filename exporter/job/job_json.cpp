#include "job/job_json.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "core/ascii.hpp"
#include "core/utf8.hpp"
#include "job/job_time.hpp"

namespace iothub {

namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kQuotedBytes = 64;

enum class Member : std::uint8_t {
  id,
  start,
  end,
  type,
  status,
  failure_reason,
  status_message,
  parent_id,
  none
};

constexpr std::array<std::pair<Member, std::string_view>, 8> kMembers{{
    {Member::id, "jobId"},
    {Member::start, "startTimeUtc"},
    {Member::end, "endTimeUtc"},
    {Member::type, "type"},
    {Member::status, "status"},
    {Member::failure_reason, "failureReason"},
    {Member::status_message, "statusMessage"},
    {Member::parent_id, "parentJobId"},
}};

Member member_named(std::string_view name) {
  for (const auto& [member, known] : kMembers) {
    if (equals_ignoring_case(known, name)) {
      return member;
    }
  }
  return Member::none;
}

std::string_view name_of(Member member) {
  return kMembers.at(static_cast<std::size_t>(member)).second;
}

// Texts for people; without one of them a job is still a job.
bool is_free_text(Member member) {
  return member == Member::failure_reason || member == Member::status_message || member == Member::parent_id;
}

std::string quoted(std::string_view text) {
  return "\"" + std::string(cut_utf8(text, kQuotedBytes)) + "\"";
}

// Collects the members of one job as they come.
class JobBuilder {
 public:
  void begin() {
    job_ = {};
    first_oddity_ = oddities_.size();
    members_ = 0;
  }

  void set(Member member, std::string_view raw) {
    ++members_;
    const bool is_whole = is_utf8(raw);  // the escape \udc00 passes the JSON reader
    const std::string repaired = is_whole ? "" : repaired_utf8(raw);
    const std::string_view text = is_whole ? raw : std::string_view(repaired);
    switch (member) {
      case Member::id:
        job_.id = text;
        break;
      case Member::start:
        job_.start = time(member, text);
        break;
      case Member::end:
        job_.end = time(member, text);
        break;
      case Member::type:
        job_.type = parse_job_type(text);
        note_if(job_.type == JobType::other, member, text);
        break;
      case Member::status:
        job_.status = parse_job_status(text);
        note_if(job_.status == JobStatus::other, member, text);
        break;
      case Member::failure_reason:
        job_.failure_reason = text;
        break;
      case Member::status_message:
        job_.status_message = text;
        break;
      case Member::parent_id:
        job_.parent_id = text;
        break;
      case Member::none:
        break;
    }
  }

  void set_null() { ++members_; }

  void note(Member member, std::string problem) {
    oddities_.push_back({{}, name_of(member), std::move(problem)});
  }

  Job finish() {
    if (job_.start && job_.end && *job_.end < *job_.start) {
      note(Member::end, "is before startTimeUtc");
    } else if (job_.start && job_.end && !job_.duration()) {
      note(Member::end, "is too long after startTimeUtc");
    }
    for (std::size_t i = first_oddity_; i < oddities_.size(); ++i) {
      oddities_[i].job_id = job_.id;
    }
    return std::move(job_);
  }

  [[nodiscard]] bool has_members() const { return members_ > 0; }
  std::vector<Oddity> take_oddities() { return std::move(oddities_); }

 private:
  std::optional<WallTime> time(Member member, std::string_view text) {
    auto parsed = parse_job_time(text);
    note_if(!parsed, member, text);
    return parsed ? *parsed : std::nullopt;
  }

  void note_if(bool odd, Member member, std::string_view text) {
    if (odd) {
      note(member, "is " + quoted(text));
    }
  }

  Job job_;
  std::vector<Oddity> oddities_;
  std::size_t first_oddity_ = 0;
  std::size_t members_ = 0;
};

// What RapidJSON's reader calls, event by event. A method that returns false ends the reading; error() then
// says why. Depth 1 is inside the outermost object; jobs are at depth `job_depth`: 1 for a single job, 3 in a
// page.
class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  explicit Handler(bool is_page) : is_page_(is_page), job_depth_(is_page ? 3 : 1) {}

  bool Null() { return scalar("null"); }
  bool Bool(bool /*value*/) { return scalar("a boolean"); }
  bool RawNumber(const char* /*text*/, rapidjson::SizeType /*length*/, bool /*copy*/) {
    return scalar("a number");
  }

  bool String(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view value(text, length);
    if (in_job()) {
      builder_.set(member_, value);
      return true;
    }
    if (is_page_ && depth_ == 1 && top_ == Top::next_link) {
      page_.next_link = value;
      return true;
    }
    return scalar("a text");
  }

  bool Key(const char* text, rapidjson::SizeType length, bool /*copy*/) {
    const std::string_view name(text, length);
    if (in_job()) {
      member_ = member_named(name);
    } else if (is_page_ && depth_ == 1) {
      top_ = equals_ignoring_case(name, "value")      ? Top::value
             : equals_ignoring_case(name, "nextLink") ? Top::next_link
                                                      : Top::other;
    }
    return true;
  }

  bool StartObject() {
    if (is_page_ && depth_ == 0) {
      return enter();
    }
    if (depth_ == job_depth_ - 1 && (depth_ == 0 || in_value_)) {
      job_open_ = true;
      builder_.begin();
      member_ = Member::none;
      return enter();
    }
    return container("an object");
  }

  bool EndObject(rapidjson::SizeType /*members*/) {
    if (in_job()) {
      page_.jobs.push_back(builder_.finish());
      job_open_ = false;
    }
    --depth_;
    return true;
  }

  bool StartArray() {
    if (is_page_ && depth_ == 1 && top_ == Top::value && !has_value_) {
      has_value_ = true;
      in_value_ = true;
      return enter();
    }
    return container("an array");
  }

  bool EndArray(rapidjson::SizeType /*elements*/) {
    --depth_;
    in_value_ = in_value_ && depth_ > 1;
    return true;
  }

  [[nodiscard]] const std::string& error() const { return error_; }
  [[nodiscard]] bool complete() const { return is_page_ ? has_value_ : builder_.has_members(); }

  JobPage take_page() {
    page_.oddities = builder_.take_oddities();
    return std::move(page_);
  }

 private:
  enum class Top : std::uint8_t { value, next_link, other };

  // Directly inside a job, not in something nested in it.
  [[nodiscard]] bool in_job() const { return job_open_ && depth_ == job_depth_; }

  bool enter() {
    ++depth_;
    return depth_ <= kMaxDepth || refuse("is nested deeper than " + std::to_string(kMaxDepth));
  }

  bool container(std::string_view what) { return misplaced(what) && enter(); }

  // Anything that is not a text where a text was due.
  bool scalar(std::string_view what) {
    if (in_job() && what == "null" && member_ != Member::none) {
      builder_.set_null();
      return true;
    }
    const bool null_link = depth_ == 1 && top_ == Top::next_link && what == "null";
    return (is_page_ && null_link) || misplaced(what);
  }

  // Whether `what` may stand here because nobody reads this place.
  bool misplaced(std::string_view what) {
    if (depth_ == 0) {
      return refuse("is " + std::string(what) + ", not an object");
    }
    if (in_job() && member_ != Member::none) {
      if (is_free_text(member_)) {
        builder_.note(member_, "is " + std::string(what) + ", not a text");
        return true;
      }
      return refuse("has " + std::string(what) + " as " + std::string(name_of(member_)) +
                    ", expected a text or null");
    }
    if (is_page_ && depth_ == 1 && top_ == Top::value) {
      return refuse(has_value_ ? "has \"value\" twice"
                               : "has " + std::string(what) + " as value, expected an array");
    }
    if (is_page_ && depth_ == 1 && top_ == Top::next_link) {
      return refuse("has " + std::string(what) + " as nextLink, expected a text or null");
    }
    if (in_value_ && depth_ == 2) {
      return refuse("has " + std::string(what) + " in the list of jobs, expected an object");
    }
    return true;
  }

  bool refuse(std::string why) {
    error_ = std::move(why);
    return false;
  }

  bool is_page_;
  std::size_t job_depth_;
  std::size_t depth_ = 0;
  Top top_ = Top::other;
  bool has_value_ = false;
  bool in_value_ = false;
  bool job_open_ = false;
  Member member_ = Member::none;
  JobBuilder builder_;
  JobPage page_;
  std::string error_;
};

// The answer as a page, which for a single job holds just that.
Result<JobPage> read(std::string_view body, bool is_page) {
  if (body.find('\0') != std::string_view::npos) {  // the reader would take it for the end
    return fail(ErrorKind::bad_response, "the answer holds a NUL byte");
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) {
    body.remove_prefix(kByteOrderMark.size());
  }
  // Numbers as text: nobody reads them, and RapidJSON's own conversion has crashed on some.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  Handler handler(is_page);
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(body.data(), body.size());
  reader.Parse<kFlags>(stream, handler);
  if (!handler.error().empty()) {
    return fail(ErrorKind::bad_response,
                "the answer " + handler.error() + ", at byte " + std::to_string(reader.GetErrorOffset()));
  }
  if (reader.HasParseError()) {
    return fail(ErrorKind::bad_response, "the answer is not JSON at byte " +
                                             std::to_string(reader.GetErrorOffset()) + " of " +
                                             std::to_string(body.size()) + ": " +
                                             rapidjson::GetParseError_En(reader.GetParseErrorCode()));
  }
  if (!handler.complete()) {
    return fail(ErrorKind::bad_response,
                is_page ? "the answer has no array \"value\"" : "the answer has no member of a job");
  }
  return handler.take_page();
}

}  // namespace

Result<JobPage> parse_job_page(std::string_view body) {
  return read(body, /*is_page=*/true);
}

Result<SingleJob> parse_job(std::string_view body) {
  return read(body, /*is_page=*/false).map([](JobPage page) {
    return SingleJob{std::move(page.jobs.front()), std::move(page.oddities)};
  });
}

}  // namespace iothub

#include "http/response_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <new>
#include <utility>

#include <zlib.h>

#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::size_t kMebibyte = 1U << 20U;
constexpr int kFirstFinalStatus = 200;
constexpr int kZlibWindow = 15 + 16;  // the largest, and 16 for gzip alone

std::string_view trimmed(std::string_view text) {
  const auto start = std::min(text.find_first_not_of(kBlank), text.size());
  return text.substr(start, text.find_last_not_of(kBlank) + 1 - start);
}

bool is_length(std::string_view text) {
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string bytes_in_words(std::size_t bytes) {
  return bytes >= kMebibyte && bytes % kMebibyte == 0 ? std::to_string(bytes / kMebibyte) + " MiB"
                                                      : std::to_string(bytes) + " bytes";
}

}  // namespace

// Undoes gzip piece by piece; several members in a row are one text (RFC 1952).
class ResponseReader::Gunzip {
 public:
  enum class Outcome : std::uint8_t { fine, damaged, too_large };

  Gunzip() {
    if (inflateInit2(&stream_, kZlibWindow) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&stream_); }

  Outcome append(std::string_view bytes, std::string& text, std::size_t max_text) {
    // zlib does not write to its input, it only lacks the const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (stream_.avail_in > 0 || output_is_full_) {
      if (at_boundary_ && inflateReset(&stream_) != Z_OK) {
        return Outcome::damaged;
      }
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return Outcome::damaged;
      }
      const std::size_t got = buffer_.size() - stream_.avail_out;
      if (got > max_text - text.size()) {
        return Outcome::too_large;
      }
      text.append(reinterpret_cast<const char*>(buffer_.data()), got);
      at_boundary_ = result == Z_STREAM_END;
      output_is_full_ = !at_boundary_ && stream_.avail_out == 0;
    }
    return Outcome::fine;
  }

  // Whether a member has just ended, or none has begun: an empty body is no damage.
  [[nodiscard]] bool at_boundary() const { return at_boundary_; }

 private:
  z_stream stream_{};
  std::array<Bytef, 16U << 10U> buffer_{};
  bool at_boundary_ = true;
  bool output_is_full_ = false;
};

ResponseReader::ResponseReader(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}

ResponseReader::~ResponseReader() = default;

bool ResponseReader::refuse(std::string why) {
  refusal_ = std::move(why);
  return false;
}

bool ResponseReader::read_head_line(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > kMaxHeadBytes) {
    return refuse("the head of the answer is larger than 64 KiB");
  }
  if (has_head_) {
    return true;  // a trailer after a chunked body
  }
  if (expects_status_line_) {
    return begin_head(trimmed(line));
  }
  return trimmed(line).empty() ? end_head() : add_header(line);
}

bool ResponseReader::begin_head(std::string_view status_line) {
  const std::string_view code = status_line.substr(std::min(status_line.find(' ') + 1, status_line.size()));
  const auto error = std::from_chars(code.data(), code.data() + code.size(), response_.status).ec;
  if (!status_line.starts_with("HTTP/") || error != std::errc{}) {
    return refuse("the answer is not HTTP");
  }
  response_.headers.clear();
  headers_ = 0;
  expects_status_line_ = false;
  return true;
}

bool ResponseReader::add_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t') {
    return refuse("the answer has a malformed header");
  }
  if (++headers_ > kMaxHeaders) {
    return refuse("the answer has more than " + std::to_string(kMaxHeaders) + " headers");
  }
  const std::string_view value = trimmed(line.substr(colon + 1));
  const auto [entry, is_new] =
      response_.headers.try_emplace(ascii_lower(trimmed(line.substr(0, colon))), value);
  if (!is_new) {
    entry->second.append(", ").append(value);
  }
  return true;
}

bool ResponseReader::end_head() {
  expects_status_line_ = true;
  if (response_.status < kFirstFinalStatus) {
    return true;
  }
  has_head_ = true;
  // libcurl takes "5junk" for 5, the last of several lengths for the length, and one too long for none.
  if (response_.headers.contains("content-length") && !is_length(response_.header("content-length"))) {
    return refuse("the answer has a bad Content-Length");
  }
  const std::string_view encoding = response_.header("content-encoding");
  if (equals_ignoring_case(encoding, "gzip") || equals_ignoring_case(encoding, "x-gzip")) {
    gunzip_ = std::make_unique<Gunzip>();
  } else if (!encoding.empty() && !equals_ignoring_case(encoding, "identity")) {
    return refuse("the answer has a content encoding that was not asked for");
  }
  return true;
}

bool ResponseReader::read_body(std::string_view bytes) {
  auto outcome = Gunzip::Outcome::fine;
  if (gunzip_) {
    outcome = gunzip_->append(bytes, response_.body, max_body_bytes_);
  } else if (bytes.size() > max_body_bytes_ - response_.body.size()) {
    outcome = Gunzip::Outcome::too_large;
  } else {
    response_.body.append(bytes);
  }
  if (outcome == Gunzip::Outcome::too_large) {
    return refuse("the body is larger than " + bytes_in_words(max_body_bytes_));
  }
  return outcome == Gunzip::Outcome::fine || refuse("the body is not valid gzip");
}

Result<HttpResponse> ResponseReader::finish() && {
  if (!refusal_.empty()) {
    return fail(ErrorKind::bad_response, std::move(refusal_));
  }
  if (!has_head_) {
    return fail(ErrorKind::bad_response, "the answer has no head");
  }
  if (gunzip_ && !gunzip_->at_boundary()) {
    return fail(ErrorKind::bad_response, "the gzip body ends too early");
  }
  return std::move(response_);
}

}  // namespace iothub

#include "web/request_head.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "core/ascii.hpp"
#include "web/token.hpp"

namespace iothub {

namespace {

namespace http = boost::beast::http;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMaxRequestLine =
    kMaxTargetBytes + 64;  // what remains is for the method and the version

std::string_view to_view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size())) {
    ++found;
  }
  return found;
}

// Looked for at once, not at the end of the head, so that a client of another protocol gets its answer.
bool is_malformed(std::string_view bytes, std::size_t seen) {
  const bool line_may_end = bytes == "\r";
  if (!bytes.empty() && !line_may_end && !is_token_char(bytes.front())) {
    return true;
  }
  for (auto at = bytes.find('\n', seen); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') {
      return true;
    }
  }
  return false;
}

// The status to refuse `head` with for what it says about a body or another protocol.
std::optional<int> refuse_framing(const http::fields& fields) {
  if (fields.count(http::field::transfer_encoding) > 0 || fields.count(http::field::upgrade) > 0 ||
      fields.count(http::field::content_length) > 1) {
    return 400;
  }
  if (fields.count(http::field::expect) > 0) {
    return 417;
  }
  const auto length = to_view(fields[http::field::content_length]);
  if (fields.count(http::field::content_length) == 1 &&
      (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos)) {
    return 400;
  }
  return length.find_first_not_of('0') == std::string_view::npos ? std::nullopt : std::optional{413};
}

std::optional<int> refuse(const http::request_header<>& head) {
  if (head.target().size() > kMaxTargetBytes) {
    return 414;
  }
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() == 11)) {
    return 400;
  }
  return refuse_framing(head);
}

// A proxy may ask with the whole URL (RFC 9112, 3.2.2).
std::string_view without_origin(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
    return target;
  }
  const auto path = target.find_first_of("/?", scheme.size());
  return path == std::string_view::npos ? "/" : target.substr(path);
}

HttpServerRequest to_request(const http::request_header<>& head) {
  HttpServerRequest request;
  request.method = to_view(head.method_string());
  const auto target = without_origin(to_view(head.target()));
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) {
    request.query = target.substr(question + 1);
  }
  for (const auto& field : head) {
    request.headers.emplace_back(ascii_lower(to_view(field.name_string())), to_view(field.value()));
  }
  return request;
}

// `head` ends with its empty line.
HeadReading parse(std::string_view head) {
  if (count(head, kLineEnd) > kMaxHeaders + 2) {  // the request line and the empty one
    return RefusedHead{431};
  }
  // A folded header (RFC 9112, 5.2) is one that old and new readers understand differently.
  if (head.find("\r\n ") != std::string_view::npos || head.find("\r\n\t") != std::string_view::npos) {
    return RefusedHead{400};
  }
  http::request_parser<http::empty_body> parser;
  parser.header_limit(kMaxHeadBytes);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // refuse_framing decides
  boost::system::error_code error;
  parser.put(boost::asio::buffer(head.data(), head.size()), error);
  if (error || !parser.is_header_done()) {
    return RefusedHead{400};
  }
  if (const auto status = refuse(parser.get())) {
    return RefusedHead{*status};
  }
  RequestHead reading{
      .request = to_request(parser.get()), .size = head.size(), .keep_alive = parser.keep_alive()};
  const std::string& path = reading.request.path;
  if (!path.starts_with('/') && path != "*") {
    return RefusedHead{400};
  }
  return reading;
}

}  // namespace

HeadReading read_request_head(std::string_view bytes, std::size_t seen) {
  // Old clients send an empty line after a request (RFC 9112, 2.2).
  const std::size_t skipped = bytes.starts_with(kLineEnd) ? kLineEnd.size() : 0;
  bytes.remove_prefix(skipped);
  seen -= std::min(seen, skipped);

  const auto end = bytes.find("\r\n\r\n", seen - std::min<std::size_t>(seen, 3));
  const bool complete = end != std::string_view::npos;
  const std::string_view head = complete ? bytes.substr(0, end + 4) : bytes;
  if (is_malformed(head, seen)) {
    return RefusedHead{400};
  }
  if (std::min(head.find(kLineEnd), head.size()) > kMaxRequestLine) {
    return RefusedHead{414};
  }
  if (skipped + head.size() > kMaxHeadBytes || (!complete && skipped + head.size() == kMaxHeadBytes)) {
    return RefusedHead{431};
  }
  if (!complete) {
    return IncompleteHead{};
  }
  HeadReading reading = parse(head);
  if (auto* request = std::get_if<RequestHead>(&reading)) {
    request->size += skipped;
  }
  return reading;
}

}  // namespace iothub

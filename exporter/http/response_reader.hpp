// Puts an HTTP answer together from the lines and pieces that libcurl hands over, within bounds.
//
// It undoes gzip itself, because libcurl 7.88 takes a gzip body that ends too early for a whole one.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "http/http_client.hpp"

namespace iothub {

class ResponseReader {
 public:
  static constexpr std::size_t kMaxHeadBytes = 64U << 10U;  // informational (1xx) heads included
  static constexpr std::size_t kMaxHeaders = 100;

  explicit ResponseReader(std::size_t max_body_bytes);
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;
  ~ResponseReader();

  // A status line, a header or the empty line that ends a head. False: the answer is refused, read no
  // further.
  [[nodiscard]] bool read_head_line(std::string_view line);

  // The next bytes of the body, as they were sent. False: the answer is refused, read no further.
  [[nodiscard]] bool read_body(std::string_view bytes);

  [[nodiscard]] bool has_head() const { return has_head_; }

  // Why the answer was refused, empty if it was not.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

  // The answer, once everything has been read; bad_response if it was refused or is not whole.
  [[nodiscard]] Result<HttpResponse> finish() &&;

 private:
  class Gunzip;

  bool refuse(std::string why);
  bool begin_head(std::string_view status_line);
  bool add_header(std::string_view line);
  bool end_head();

  std::size_t max_body_bytes_;
  std::size_t head_bytes_ = 0;
  std::size_t headers_ = 0;
  bool expects_status_line_ = true;
  bool has_head_ = false;
  HttpResponse response_;
  std::unique_ptr<Gunzip> gunzip_;  // none while the body is not gzip
  std::string refusal_;
};

}  // namespace iothub

#include "simulator/gzip.hpp"

#include <algorithm>

#include <zlib.h>

namespace azure_simulator {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kMemoryLevel = 8;

std::string_view without_spaces(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool is_zero_quality(std::string_view parameter) {
  const std::string_view text = without_spaces(parameter);
  return text.starts_with("q=0") && text.find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
    const std::string_view coding = item.substr(0, item.find(';'));
    if (without_spaces(coding) == "gzip") {
      return !is_zero_quality(item.substr(std::min(item.size(), coding.size() + 1)));
    }
  }
  return false;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast): zlib's own macro.
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-*): zlib counts in unsigned bytes and does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  // NOLINTEND(cppcoreguidelines-pro-type-*)
  stream.avail_in = static_cast<uInt>(text.size());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(result == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

}  // namespace azure_simulator

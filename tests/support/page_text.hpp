// What a client makes of the parts of a page.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

namespace iothub {

inline std::string joined(const std::vector<std::shared_ptr<const std::string>>& parts) {
  std::string all;
  for (const auto& part : parts) {
    all += *part;
  }
  return all;
}

// The text of exactly one gzip member with nothing behind it. Throws if it is none.
inline std::string gunzip(std::string compressed) {
  z_stream z{};
  if (inflateInit2(&z, 15 + 16) != Z_OK) {
    throw std::runtime_error("inflateInit2");
  }
  z.next_in = reinterpret_cast<Bytef*>(compressed.data());
  z.avail_in = static_cast<uInt>(compressed.size());
  std::string text;
  std::string buffer(65536, '\0');
  int status = Z_OK;
  while (status == Z_OK) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    status = inflate(&z, Z_NO_FLUSH);
    text.append(buffer, 0, buffer.size() - z.avail_out);
  }
  const bool is_one_member = status == Z_STREAM_END && z.avail_in == 0;
  inflateEnd(&z);
  if (!is_one_member) {
    throw std::runtime_error("not one whole gzip member");
  }
  return text;
}

}  // namespace iothub

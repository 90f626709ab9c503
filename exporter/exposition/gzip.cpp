#include "exposition/gzip.hpp"

#include <limits>
#include <new>

#define ZLIB_CONST
#include <zlib.h>

namespace iothub {

namespace {

// Level 1 needs half of level 6's time for pages like ours, and makes them an eighth larger.
constexpr int kLevel = 1;
// How far back a text may refer to itself, negative for neither head nor tail, and memory for tables.
struct Tables {
  int window_bits;
  int memory_level;
};
constexpr Tables kForBlocks{-15, 8};
constexpr Tables kForSmallText{-13, 5};

const Bytef* bytes(std::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

void append_little_endian(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>((value >> shift) & 0xFFU);
  }
}

}  // namespace

Checksum Checksum::of(std::string_view text) {
  return {.crc = static_cast<std::uint32_t>(crc32_z(0, bytes(text), text.size())), .length = text.size()};
}

Checksum Checksum::followed_by(const Checksum& next) const {
  return {.crc = static_cast<std::uint32_t>(crc32_combine(crc, next.crc, static_cast<z_off_t>(next.length))),
          .length = length + next.length};
}

struct Deflater::Stream {
  z_stream z{};
};

Deflater::Deflater(Size size) : stream_(std::make_unique<Stream>()) {
  const Tables tables = size == Size::blocks ? kForBlocks : kForSmallText;
  if (deflateInit2(&stream_->z, kLevel, Z_DEFLATED, tables.window_bits, tables.memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
}

Deflater::~Deflater() {
  deflateEnd(&stream_->z);
}

std::string Deflater::piece(std::string_view text) {
  return deflate(text, Z_SYNC_FLUSH);
}

std::string Deflater::last_piece(std::string_view text) {
  return deflate(text, Z_FINISH);
}

std::string Deflater::deflate(std::string_view text, int flush) {
  z_stream& z = stream_->z;
  deflateReset(&z);
  constexpr std::size_t kFlushed = 16;  // what a flush may add to the bound
  std::string out(deflateBound(&z, static_cast<uLong>(text.size())) + kFlushed, '\0');
  z.next_in = bytes(text);
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, flush);
  out.resize(out.size() - z.avail_out);
  out.shrink_to_fit();
  return out;
}

std::string gzip_head() {
  // Deflated, no flags, no time, fastest, from Unix (RFC 1952).
  return {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, 4, 3};
}

std::string gzip_tail(const Checksum& whole) {
  std::string tail;
  append_little_endian(tail, whole.crc);
  append_little_endian(tail,
                       static_cast<std::uint32_t>(whole.length & std::numeric_limits<std::uint32_t>::max()));
  return tail;
}

}  // namespace iothub

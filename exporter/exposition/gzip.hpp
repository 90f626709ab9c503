// One gzip member made of pieces that were compressed at different times, so that what has not changed is not
// compressed again: a head, deflate blocks that each end at a byte and refer to nothing before them, and a
// tail with the checksum of all, which is worked out from theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace iothub {

// The checksum and length of a text; those of two texts make those of both behind each other.
struct Checksum {
  std::uint32_t crc = 0;
  std::size_t length = 0;

  [[nodiscard]] static Checksum of(std::string_view text);
  [[nodiscard]] Checksum followed_by(const Checksum& next) const;
};

// Compresses one piece after another. Not for several threads at once.
class Deflater {
 public:
  // For blocks, with 270 kB of memory, or for a single text of a few kB: to set up those costs more than it
  // takes to compress such a text.
  enum class Size : std::uint8_t { blocks, one_small_text };

  explicit Deflater(Size size = Size::blocks);
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater();

  // Blocks to be followed by others.
  [[nodiscard]] std::string piece(std::string_view text);

  // Blocks of which the last says so.
  [[nodiscard]] std::string last_piece(std::string_view text);

 private:
  struct Stream;
  [[nodiscard]] std::string deflate(std::string_view text, int flush);
  std::unique_ptr<Stream> stream_;
};

[[nodiscard]] std::string gzip_head();

// `whole` is the checksum of all that was compressed.
[[nodiscard]] std::string gzip_tail(const Checksum& whole);

}  // namespace iothub

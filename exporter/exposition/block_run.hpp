// The samples of one family, of many sources (hubs), as blocks of text that are large enough to be compressed
// well and small enough to be made anew when one of their sources changes.
//
// Text of sources that did not change is copied, not rendered; a block whose text did not change stays the
// same object, compressed or not. For one thread at a time; the parts that it gives out never change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exposition/gzip.hpp"
#include "exposition/text_writer.hpp"

namespace iothub {

// Bytes that several answers share.
using PagePart = std::shared_ptr<const std::string>;

// A source as it is now.
struct BlockSource {
  std::optional<std::size_t> was;  // its place in the update before; nothing if it is new
  bool changed = true;             // its text must be rendered
};

class BlockRun {
 public:
  // Writes the samples of the source at that place.
  using Render = std::function<void(std::size_t, TextWriter&)>;

  // `sources` are all there are from now on; those that stay keep their order. `scratch` is left empty.
  void update(std::span<const BlockSource> sources, const Render& render, TextWriter& scratch);

  [[nodiscard]] bool is_empty() const;

  // Appends the text of all sources.
  void append_text(std::vector<PagePart>& parts) const;

  // Appends the same compressed, to stand behind a text with checksum `sum`, which grows by it. Compresses
  // what was not asked for before.
  void append_deflated(std::vector<PagePart>& parts, Checksum& sum, Deflater& deflater);

 private:
  struct Block {
    PagePart text;
    std::vector<std::uint32_t> ends;  // of each source's text
    Checksum sum;                     // like `deflated` only once that was asked for
    PagePart deflated;
  };

  class Writing;

  std::vector<Block> blocks_;
};

}  // namespace iothub

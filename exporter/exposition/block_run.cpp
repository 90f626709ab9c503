#include "exposition/block_run.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace iothub {

namespace {

// Blocks have between one and two times this. Larger ones compress hardly better, and more is rendered and
// compressed again when one of their sources changes; smaller ones are more pieces than it pays to write.
constexpr std::size_t kBlockBytes = std::size_t{16} * 1024;
constexpr std::size_t kSmallBytes = kBlockBytes / 4;

}  // namespace

// An update under way: the blocks that there will be.
class BlockRun::Writing {
 public:
  Writing(std::span<const BlockSource> sources, const Render& render, TextWriter& scratch)
      : sources_(sources), render_(render), writer_(scratch) {
    writer_.clear();
  }

  void keep(Block block) { blocks_.push_back(std::move(block)); }

  // Writes the sources from `begin` to `end`. Those that stay were in `old`, whose first one was the source
  // `old_begin`.
  void write(const Block& old, std::size_t old_begin, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (writer_.text().size() > kMostBytes) {
        cut();
      }
      const auto& was = sources_[i].was;
      if (sources_[i].changed || !was) {
        render_(i, writer_);
      } else {
        writer_.append(text_of(old, *was - old_begin));
      }
      ends_.push_back(static_cast<std::uint32_t>(writer_.text().size()));
    }
    if (old.text && *old.text == writer_.text()) {
      blocks_.push_back({.text = old.text, .ends = ends_, .sum = old.sum, .deflated = old.deflated});
      start_anew();
    } else {
      cut();
      join_small();
    }
  }

  std::vector<Block> finish() { return std::move(blocks_); }

 private:
  // How much is written before blocks are made of it.
  static constexpr std::size_t kMostBytes = 4 * kBlockBytes;

  static std::string_view text_of(const Block& block, std::size_t source) {
    const std::size_t begin = source == 0 ? 0 : block.ends[source - 1];
    return std::string_view(*block.text).substr(begin, block.ends[source] - begin);
  }

  // Makes blocks of what is written: of about the same size, each of whole sources.
  void cut() {
    const std::string_view text = writer_.text();
    const std::size_t pieces = text.size() > 2 * kBlockBytes ? text.size() / kBlockBytes : 1;
    std::size_t first = 0;  // of the piece's sources
    std::uint32_t begin = 0;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      const bool is_full = pieces > 1 && ends_[i] - begin >= text.size() / pieces;
      if (!is_full && i + 1 < ends_.size()) {
        continue;
      }
      Block block;
      block.text = std::make_shared<const std::string>(text.substr(begin, ends_[i] - begin));
      for (; first <= i; ++first) {
        block.ends.push_back(ends_[first] - begin);
      }
      blocks_.push_back(std::move(block));
      begin = ends_[i];
    }
    start_anew();
  }

  void start_anew() {
    writer_.clear();
    ends_.clear();
  }

  // Blocks that have shrunk are joined, or a page would end as crumbs.
  void join_small() {
    if (blocks_.size() < 2) {
      return;
    }
    const Block& last = blocks_.back();
    Block& before = blocks_[blocks_.size() - 2];
    const auto fits = [](const Block& small, const Block& other) {
      return small.text->size() < kSmallBytes && other.text->size() < kBlockBytes;
    };
    if (!fits(last, before) && !fits(before, last)) {
      return;
    }
    const auto offset = static_cast<std::uint32_t>(before.text->size());
    std::ranges::transform(last.ends, std::back_inserter(before.ends),
                           [offset](std::uint32_t end) { return offset + end; });
    if (!last.text->empty()) {
      before.text = std::make_shared<const std::string>(*before.text + *last.text);
      before.deflated.reset();
    }
    blocks_.pop_back();
  }

  std::span<const BlockSource> sources_;
  const Render& render_;
  TextWriter& writer_;
  std::vector<std::uint32_t> ends_;  // of the texts in `writer_`
  std::vector<Block> blocks_;
};

void BlockRun::update(std::span<const BlockSource> sources, const Render& render, TextWriter& scratch) {
  std::vector<Block> old_blocks = std::exchange(blocks_, {});
  if (old_blocks.empty()) {
    old_blocks.push_back(
        {.text = std::make_shared<const std::string>(), .ends = {}, .sum = {}, .deflated = {}});
  }
  Writing writing(sources, render, scratch);
  std::size_t old_begin = 0;
  std::size_t begin = 0;
  for (Block& block : old_blocks) {
    const std::size_t old_end = &block == &old_blocks.back() ? sources.size() + old_begin + block.ends.size()
                                                             : old_begin + block.ends.size();
    std::size_t end = begin;
    bool touched = false;
    // A new source goes where the one before it is.
    for (; end < sources.size() && sources[end].was.value_or(0) < old_end; ++end) {
      touched = touched || sources[end].changed || !sources[end].was;
    }
    const std::size_t block_sources = block.ends.size();
    if (!touched && end - begin == block_sources) {
      writing.keep(std::move(block));
    } else {
      writing.write(block, old_begin, begin, end);
    }
    old_begin += block_sources;
    begin = end;
  }
  blocks_ = writing.finish();
}

bool BlockRun::is_empty() const {
  return std::ranges::all_of(blocks_, [](const Block& block) { return block.text->empty(); });
}

void BlockRun::append_text(std::vector<PagePart>& parts) const {
  for (const Block& block : blocks_) {
    if (!block.text->empty()) {
      parts.push_back(block.text);
    }
  }
}

void BlockRun::append_deflated(std::vector<PagePart>& parts, Checksum& sum, Deflater& deflater) {
  for (Block& block : blocks_) {
    if (block.text->empty()) {
      continue;
    }
    if (!block.deflated) {
      block.sum = Checksum::of(*block.text);
      block.deflated = std::make_shared<const std::string>(deflater.piece(*block.text));
    }
    parts.push_back(block.deflated);
    sum = sum.followed_by(block.sum);
  }
}

}  // namespace iothub

#include "exposition/page.hpp"

#include <memory>
#include <utility>

namespace iothub {

std::vector<PagePart> finish_page(const PageBody& body, Encoding encoding, std::string rest) {
  std::vector<PagePart> parts;
  parts.reserve(body.parts.size() + 1);
  parts = body.parts;
  if (encoding == Encoding::gzip) {
    const Checksum whole = body.sum.followed_by(Checksum::of(rest));
    rest = Deflater(Deflater::Size::one_small_text).last_piece(rest) + gzip_tail(whole);
  }
  parts.push_back(std::make_shared<const std::string>(std::move(rest)));
  return parts;
}

const PagePart& HeaderPart::text(Format format, std::string_view name, MetricType type,
                                 std::string_view help) {
  if (!text_) {
    text_ = std::make_shared<const std::string>(family_header(format, name, type, help));
  }
  return text_;
}

const PagePart& HeaderPart::deflated(Checksum& sum, Deflater& deflater) {
  if (!deflated_) {
    sum_ = Checksum::of(*text_);
    deflated_ = std::make_shared<const std::string>(deflater.piece(*text_));
  }
  sum = sum.followed_by(sum_);
  return deflated_;
}

}  // namespace iothub

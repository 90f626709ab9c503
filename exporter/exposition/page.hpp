// A page as bytes to be written one after another without ever being joined.
#pragma once

#include <string>
#include <vector>

#include "exposition/block_run.hpp"
#include "exposition/gzip.hpp"
#include "exposition/negotiation.hpp"

namespace iothub {

// A page without its end. In gzip it begins with the head of a member that is still open, and `sum` is the
// checksum of the text so far.
struct PageBody {
  std::vector<PagePart> parts;
  Checksum sum;
};

// The whole page: `body`, and `rest` behind it.
[[nodiscard]] std::vector<PagePart> finish_page(const PageBody& body, Encoding encoding, std::string rest);

// The lines before a family's samples in one format, as text and compressed, both made when first asked for.
class HeaderPart {
 public:
  [[nodiscard]] const PagePart& text(Format format, std::string_view name, MetricType type,
                                     std::string_view help);

  // Behind a text with checksum `sum`, which grows by it; to be called after text().
  [[nodiscard]] const PagePart& deflated(Checksum& sum, Deflater& deflater);

 private:
  PagePart text_;
  Checksum sum_;
  PagePart deflated_;
};

}  // namespace iothub

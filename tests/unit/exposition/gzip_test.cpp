#include "exposition/gzip.hpp"

#include <string>

#include <gtest/gtest.h>

#include "exposition/page.hpp"
#include "support/page_text.hpp"

namespace iothub {
namespace {

TEST(Gzip, PiecesThatWereCompressedApartAreOneMember) {
  Deflater deflater;
  const std::string first(100'000, 'a');
  const std::string second = "b\n";
  const std::string third = "# EOF\n";
  const Checksum sum = Checksum::of(first).followed_by(Checksum::of(second)).followed_by(Checksum::of(third));
  const std::string a = deflater.piece(first);
  const std::string b = deflater.piece(second);
  const std::string nothing = deflater.piece("");
  const std::string c = deflater.last_piece(third);
  EXPECT_EQ(gunzip(gzip_head() + a + b + nothing + c + gzip_tail(sum)), first + second + third);
  EXPECT_LT(a.size(), 1'000U);
}

TEST(Gzip, APieceThatDoesNotCompressIsWholeAllTheSame) {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 70'000; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    noise += static_cast<char>(state >> 24U);
  }
  EXPECT_EQ(gunzip(gzip_head() + Deflater().last_piece(noise) + gzip_tail(Checksum::of(noise))), noise);
}

TEST(Page, EndsAsItsEncodingWants) {
  PageBody plain;
  plain.parts = {std::make_shared<const std::string>("a 1\n")};
  EXPECT_EQ(joined(finish_page(plain, Encoding::identity, "b 2\n")), "a 1\nb 2\n");
  PageBody compressed;
  compressed.parts = {std::make_shared<const std::string>(gzip_head()),
                      std::make_shared<const std::string>(Deflater().piece("a 1\n"))};
  compressed.sum = Checksum::of("a 1\n");
  EXPECT_EQ(gunzip(joined(finish_page(compressed, Encoding::gzip, "b 2\n"))), "a 1\nb 2\n");
}

}  // namespace
}  // namespace iothub

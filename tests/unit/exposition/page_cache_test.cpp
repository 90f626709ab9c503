#include "exposition/page_cache.hpp"

#include <string>

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace iothub {
namespace {

class PageCacheTest : public testing::Test {
 protected:
  std::shared_ptr<const std::string> get(std::uint64_t version, SteadyTime valid_until = SteadyTime::max()) {
    return cache.get(version, clock.steady_now(), [&] {
      ++renderings;
      return RenderedText{.text = "version " + std::to_string(version), .valid_until = valid_until};
    });
  }

  FakeClock clock;
  PageCache cache;
  int renderings = 0;
};

TEST_F(PageCacheTest, GivesTheSameBytesUntilTheVersionChanges) {
  const auto first = get(0);
  EXPECT_EQ(get(0), first);
  EXPECT_EQ(renderings, 1);
  EXPECT_EQ(*get(1), "version 1");
  EXPECT_EQ(renderings, 2);
  EXPECT_EQ(*first, "version 0") << "whoever still writes the old page may go on";
}

TEST_F(PageCacheTest, RendersAgainWhenThePageIsNoLongerValid) {
  (void)get(0, clock.steady_now() + std::chrono::seconds{5});
  clock.advance(std::chrono::seconds{5});
  (void)get(0);
  EXPECT_EQ(renderings, 1);
  clock.advance(std::chrono::microseconds{1});
  (void)get(0);
  EXPECT_EQ(renderings, 2);
}

}  // namespace
}  // namespace iothub

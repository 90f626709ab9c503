#include "exposition/block_run.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/page_text.hpp"

namespace iothub {
namespace {

using testing::Test;

class BlockRunTest : public Test {
 protected:
  // A source per text; one that was at a place before may say that it did not change.
  void update(const std::vector<std::string>& texts, const std::vector<BlockSource>& sources) {
    run.update(
        sources,
        [&](std::size_t source, TextWriter& out) {
          ++renderings;
          out.append(texts[source]);
        },
        scratch);
  }

  void start(const std::vector<std::string>& texts) { update(texts, std::vector<BlockSource>(texts.size())); }

  // Only the source at `place` has changed.
  void change(const std::vector<std::string>& texts, std::size_t place) {
    std::vector<BlockSource> sources;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      sources.push_back({.was = i, .changed = i == place});
    }
    update(texts, sources);
  }

  std::vector<PagePart> parts() {
    std::vector<PagePart> parts;
    run.append_text(parts);
    return parts;
  }

  std::vector<PagePart> deflated() {
    std::vector<PagePart> parts;
    sum = {};
    run.append_deflated(parts, sum, deflater);
    return parts;
  }

  std::string unzipped() {
    const std::string pieces = joined(deflated());
    return gunzip(gzip_head() + pieces + deflater.last_piece("") + gzip_tail(sum));
  }

  static std::string text_of(std::size_t source, std::size_t size = 4'000) {
    return std::string(size, static_cast<char>('a' + source % 26)) + "\n";
  }

  static std::vector<std::string> many(std::size_t count) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) {
      texts.push_back(text_of(i));
    }
    return texts;
  }

  static std::string all(const std::vector<std::string>& texts) {
    return std::accumulate(texts.begin(), texts.end(), std::string());
  }

  static std::size_t in_common(const std::vector<PagePart>& a, const std::vector<PagePart>& b) {
    return static_cast<std::size_t>(
        std::ranges::count_if(a, [&](const PagePart& part) { return std::ranges::count(b, part) > 0; }));
  }

  BlockRun run;
  TextWriter scratch;
  Deflater deflater;
  Checksum sum;
  int renderings = 0;
};

TEST_F(BlockRunTest, IsEmptyUntilASourceHasText) {
  EXPECT_TRUE(run.is_empty());
  start({"", ""});
  EXPECT_TRUE(run.is_empty());
  EXPECT_TRUE(parts().empty());
  change({"", "x 1\n"}, 1);
  EXPECT_FALSE(run.is_empty());
  EXPECT_EQ(joined(parts()), "x 1\n");
  EXPECT_EQ(unzipped(), "x 1\n");
}

TEST_F(BlockRunTest, OneChangedSourceIsTheOnlyOneRenderedAndItsBlockTheOnlyNewOne) {
  auto texts = many(200);
  start(texts);
  const auto before = parts();
  const auto before_deflated = deflated();
  EXPECT_GT(before.size(), 10U);
  EXPECT_LT(before.size(), 60U);
  renderings = 0;
  texts[77] = "other\n";
  change(texts, 77);
  EXPECT_EQ(renderings, 1);
  EXPECT_EQ(joined(parts()), all(texts));
  EXPECT_EQ(in_common(parts(), before), before.size() - 1);
  EXPECT_EQ(in_common(deflated(), before_deflated), before.size() - 1);
  EXPECT_EQ(unzipped(), all(texts));
}

TEST_F(BlockRunTest, AChangeThatWritesTheSameTextChangesNoBlock) {
  const auto texts = many(50);
  start(texts);
  const auto before = parts();
  const auto before_deflated = deflated();
  change(texts, 20);
  EXPECT_EQ(parts(), before);
  EXPECT_EQ(deflated(), before_deflated);
}

TEST_F(BlockRunTest, ASourceThatLeavesTakesItsTextAndLeavesOtherBlocksAlone) {
  auto texts = many(200);
  start(texts);
  const auto before = parts();
  renderings = 0;
  std::vector<BlockSource> sources;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i != 100) {
      sources.push_back({.was = i, .changed = false});
    }
  }
  texts.erase(texts.begin() + 100);
  update(texts, sources);
  EXPECT_EQ(renderings, 0);
  EXPECT_EQ(joined(parts()), all(texts));
  EXPECT_EQ(in_common(parts(), before), before.size() - 1);
}

TEST_F(BlockRunTest, BlocksNeitherGrowWithoutBoundNorEndAsCrumbs) {
  std::vector<std::string> texts(64);
  start(texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = text_of(i, 8'000);
    change(texts, i);
  }
  EXPECT_EQ(joined(parts()), all(texts));
  EXPECT_GT(parts().size(), 4U);
  for (const PagePart& part : parts()) {
    EXPECT_LE(part->size(), 40'000U);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = "x\n";
    change(texts, i);
  }
  EXPECT_EQ(joined(parts()), all(texts));
  EXPECT_LE(parts().size(), 2U);
}

// Sources that come, go and change, the same every time.
class RandomSources {
 public:
  // What became of `texts`. New texts are shorter than `longest`.
  std::vector<BlockSource> change(std::vector<std::string>& texts, std::size_t longest) {
    std::vector<std::string> next;
    std::vector<BlockSource> sources;
    const auto add = [&](std::string text, BlockSource source) {
      next.push_back(std::move(text));
      sources.push_back(source);
    };
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (one_in(40) && texts.size() < 80) {
        add(text(longest), {.was = {}, .changed = true});
      }
      if (one_in(45) && texts.size() > 1) {
        continue;
      }
      const bool changed = one_in(12);
      add(changed ? text(longest) : texts[i], {.was = i, .changed = changed});
    }
    texts = next;
    return sources;
  }

 private:
  std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }
  bool one_in(std::size_t many) { return pick(many) == 0; }
  std::string text(std::size_t longest) {
    const auto letter = static_cast<char>('a' + pick(26));
    return std::string(pick(longest), letter) + "\n";
  }

  std::mt19937 random_{20'261'123};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
};

TEST_F(BlockRunTest, AnyHistoryOfChangesGivesTheTextOfItsLastState) {
  RandomSources random;
  std::vector<std::string> texts = many(30);
  start(texts);
  for (int step = 0; step < 400; ++step) {
    const auto sources = random.change(texts, step < 200 ? 20'000 : 40);
    update(texts, sources);
    ASSERT_EQ(joined(parts()), all(texts)) << step;
    if (step % 10 == 0) {
      ASSERT_EQ(unzipped(), all(texts)) << step;
    }
  }
}

}  // namespace
}  // namespace iothub

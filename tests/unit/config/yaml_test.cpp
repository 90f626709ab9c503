#include "config/yaml.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iothub::yaml {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "1:4 hubs[0]: sentence" of each problem.
std::vector<std::string> problems(std::string_view text) {
  std::vector<std::string> lines;
  for (const Problem& problem : parse(text).problems) {
    lines.push_back(std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column) + " " +
                    problem.path + ": " + problem.message);
  }
  return lines;
}

const Entry& entry(const Document& document, std::size_t index) {
  return std::get<Map>(document.root.value).at(index);
}
const Scalar& scalar(const Node& node) {
  return std::get<Scalar>(node.value);
}

TEST(Yaml, KeepsOrderTextsAndPlaces) {
  const auto document = parse("b: 5\na:\n  - x y\n  - {k: 'v'}\n");
  EXPECT_THAT(document.problems, IsEmpty());
  EXPECT_EQ(entry(document, 0).key, "b");
  EXPECT_EQ(scalar(entry(document, 0).value).text, "5");
  EXPECT_EQ(entry(document, 1).key_at, (Position{.line = 2, .column = 1}));
  const auto& items = std::get<Sequence>(entry(document, 1).value.value);
  EXPECT_EQ(items.at(0).at, (Position{.line = 3, .column = 5}));
  EXPECT_EQ(scalar(std::get<Map>(items.at(1).value).at(0).value).text, "v");
}

TEST(Yaml, KnowsWhatWasQuoted) {
  const auto document = parse("a: 5\nb: '5'\nc: \"5\"\nd: |\n  5\ne: ''\n");
  EXPECT_THAT(document.problems, IsEmpty());
  EXPECT_FALSE(scalar(entry(document, 0).value).quoted);
  for (const std::size_t index : {1U, 2U, 3U, 4U}) {
    EXPECT_TRUE(scalar(entry(document, index).value).quoted) << index;
  }
  EXPECT_FALSE(scalar(entry(document, 4).value).is_null());
}

TEST(Yaml, PutsAValueThatIsLeftOutWhereItsKeyOrDashIs) {
  const auto document = parse("a:\nb: ~\nc:\n  -\n  # nothing\n  - x\n  -\n");
  EXPECT_TRUE(scalar(entry(document, 0).value).is_null());
  EXPECT_EQ(entry(document, 0).value.at, (Position{.line = 1, .column = 1}));
  EXPECT_EQ(entry(document, 1).value.at, (Position{.line = 2, .column = 1}));
  const auto& items = std::get<Sequence>(entry(document, 2).value.value);
  EXPECT_EQ(items.at(0).at, (Position{.line = 4, .column = 3}));
  EXPECT_EQ(items.at(2).at, (Position{.line = 7, .column = 3}));
}

TEST(Yaml, CountsCharactersNotBytes) {
  const auto document = parse("\xC3\xA9\xC3\xA8: \xC3\xA0\n");
  EXPECT_EQ(entry(document, 0).value.at, (Position{.line = 1, .column = 5}));
}

TEST(Yaml, TakesWindowsLineEndsAndAByteOrderMark) {
  const auto document = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\nb:\r\n  - 2\r\n");
  EXPECT_THAT(document.problems, IsEmpty());
  EXPECT_EQ(entry(document, 0).key, "a");
  EXPECT_EQ(scalar(entry(document, 0).value).text, "1");
  EXPECT_EQ(entry(document, 1).key_at, (Position{.line = 2, .column = 1}));
}

TEST(Yaml, ReadsNothingAsANull) {
  for (const std::string_view text : {"", "\n", "# only a comment\n", "---\n", "--- ~\n...\n"}) {
    const auto document = parse(text);
    EXPECT_THAT(document.problems, IsEmpty()) << text;
    EXPECT_TRUE(scalar(document.root).is_null()) << text;
  }
}

TEST(Yaml, ReportsDuplicateKeysWithBothLinesAndKeepsTheFirst) {
  const auto document = parse("a: {x: 1}\nb: [{k: 1, k: 2}]\n\"a\": 2\n");
  EXPECT_THAT(problems("a: {x: 1}\nb: [{k: 1, k: 2}]\n\"a\": 2\n"),
              ElementsAre("2:12 b[0].k: found a second time, expected once; it stands in line 2 already",
                          "3:1 a: found a second time, expected once; it stands in line 1 already"));
  EXPECT_TRUE(document.is_complete);
  EXPECT_TRUE(std::holds_alternative<Map>(entry(document, 0).value.value));
}

TEST(Yaml, ReportsAnchorsAliasesTagsAndMergeKeysWithoutFollowingThem) {
  EXPECT_THAT(
      problems("a: &x 1\nb: *x\nc: !!int 3\nd: ! 4\n<<: {d: 1}\n"),
      ElementsAre("1:4 a: found an anchor (&), expected the value alone; quote a text that begins with &",
                  "2:4 b: found an alias (*), expected the value itself",
                  "3:4 c: found a tag (!), expected the value alone; quote a text that begins with !",
                  "4:4 d: found a tag (!), expected the value alone; quote a text that begins with !",
                  "5:1 : found a merge key (<<), expected the keys themselves"));
  EXPECT_THAT(problems("'<<': 1\n"), IsEmpty());
}

TEST(Yaml, RefusesListsAndMapsAndNothingAsKeys) {
  EXPECT_THAT(problems("? [a, b]\n: 1\n? {c: d}\n: 2\n: 3\n"),
              ElementsAre("1:3 : found a list or map in the place of a key, expected a name",
                          "3:3 : found a list or map in the place of a key, expected a name",
                          "5:1 : found a value without a key, expected a name before the colon"));
}

TEST(Yaml, RefusesASecondDocument) {
  EXPECT_THAT(problems("a: 1\n---\nb: 2\n"),
              ElementsAre("2:1 : found a second document, expected one configuration per file"));
}

TEST(Yaml, RefusesDeepNestingButNotItsLimit) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_THAT(problems(nested(kDeepestNesting)), IsEmpty());
  EXPECT_THAT(problems(nested(kDeepestNesting + 1)),
              ElementsAre("1:33 : found lists or maps nested deeper than 32 levels, expected fewer"));
  EXPECT_FALSE(parse(std::string(kLargestText, '[')).is_complete);
  EXPECT_FALSE(parse(std::string(kLargestText, '{')).is_complete);
}

TEST(Yaml, RefusesMoreThanOneMebibyte) {
  EXPECT_THAT(problems("# " + std::string(kLargestText - 2, 'x')), IsEmpty());
  EXPECT_THAT(problems("# " + std::string(kLargestText - 1, 'x')),
              ElementsAre("1:1 : found more than 1 MiB, expected a configuration"));
}

TEST(Yaml, PointsAtTheByteThatIsNotUtf8) {
  EXPECT_THAT(problems("a: 1\nb: gr\xFC\xDF"
                       "e\n"),
              ElementsAre("2:6 : found a byte that is not UTF-8, expected text in UTF-8"));
  EXPECT_THAT(problems("\xEF"), ElementsAre("1:1 : found a byte that is not UTF-8, expected text in UTF-8"));
}

TEST(Yaml, PointsAtANul) {
  using std::string_literals::operator""s;
  EXPECT_THAT(
      problems("a: 1\nb: \0\n"s),
      ElementsAre("2:4 : found a NUL character, expected text in UTF-8; was the file saved as UTF-16?"));
}

TEST(Yaml, ExplainsSyntaxErrorsWhereTheyAre) {
  EXPECT_THAT(problems("a:\n\tb: 1\n"), ElementsAre("2:1 : found a tab in the indentation, expected spaces"));
  EXPECT_THAT(
      problems("a: b: c\n"),
      ElementsAre(
          "1:5 : found a colon that belongs to no key, expected other indentation, or quotes around a "
          "text that has a colon"));
  EXPECT_THAT(problems("a: 1\nb: [1, 2\n"),
              ElementsAre("2:4 : found a bracket that is not closed, or a comma that is missing in it"));
  EXPECT_THAT(problems("a: \"x\n"), ElementsAre("1:4 a: found a quote that is not closed"));
  EXPECT_THAT(
      problems("a: @x\n"),
      ElementsAre("1:4 : found a character that no text may begin with, expected quotes around the text"));
  EXPECT_THAT(
      problems("a: *nowhere\n"),
      ElementsAre("1:4 : found an alias (*), expected the value itself; quote a text that begins with *"));
  EXPECT_THAT(problems("- a: 1\n   b: 2\n"), testing::SizeIs(1));
  EXPECT_THAT(problems("%YAML 9.9\n---\na: 1\n"), testing::SizeIs(1));
}

TEST(Yaml, ReadsAMebibyteOfKeysInReasonableTime) {
  std::string text;
  for (int i = 0; text.size() < kLargestText - 40; ++i) {
    text += "key" + std::to_string(i) + ": v\n";
  }
  EXPECT_THAT(parse(text).problems, IsEmpty());
}

TEST(YamlPaths, QuoteKeysThatAreNotPlainWords) {
  EXPECT_EQ(path_of_key("", "hubs"), "hubs");
  EXPECT_EQ(path_of_key("credentials", "prod-eu"), "credentials.prod-eu");
  EXPECT_EQ(path_of_key("credentials", "a b\n"), "credentials.\"a b\\n\"");
  EXPECT_EQ(path_of_item("hubs", 2), "hubs[2]");
}

TEST(YamlQuote, KeepsToOneShortLine) {
  EXPECT_EQ(quote("a\tb\x1b"), "\"a\\tb?\"");
  EXPECT_EQ(quote(std::string(201, 'x')), "\"" + std::string(200, 'x') + "…\"");
}

}  // namespace
}  // namespace iothub::yaml

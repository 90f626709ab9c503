#include "config/expand.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace iothub {
namespace {

std::optional<std::string> variable(const std::string& name) {
  if (name == "NAME") {
    return "value";
  }
  return name == "EMPTY" ? std::optional<std::string>("") : std::nullopt;
}

std::string expanded(std::string_view text) {
  const auto result = expand(text, variable);
  return result ? result->text : "error: " + result.error();
}

TEST(Expand, ReplacesEveryVariableInAText) {
  EXPECT_EQ(expanded("${NAME}"), "value");
  EXPECT_EQ(expanded("a${NAME}b${NAME}${EMPTY}c"), "avaluebvaluec");
}

TEST(Expand, LeavesOtherDollarsAlone) {
  for (const std::string_view text : {"$", "$$", "$NAME", "a$b}", "{NAME}", "$ {NAME}"}) {
    EXPECT_EQ(expanded(text), text);
  }
}

TEST(Expand, ReadsTwoDollarsAndABraceAsTheTextItself) {
  EXPECT_EQ(expanded("$${NAME}"), "${NAME}");
  EXPECT_EQ(expanded("$${"), "${");
  EXPECT_EQ(expanded("${NAME}$${NAME}"), "value${NAME}");
}

TEST(Expand, DoesNotReplaceInsideOfWhatItPutIn) {
  const auto nested = [](const std::string&) { return std::optional<std::string>("${NAME}"); };
  EXPECT_EQ(expand("${ANY}", nested)->text, "${NAME}");
}

TEST(Expand, NamesEveryVariableThatIsNotSetOnce) {
  EXPECT_EQ(expanded("${A}"), "error: the environment variable A is not set, expected a value");
  EXPECT_EQ(expanded("${A}${B}${NAME}${A}"),
            "error: the environment variables A and B are not set, expected a value");
}

TEST(Expand, RefusesWhatLooksHalfWritten) {
  for (const std::string_view text : {"${", "${}", "${NAME", "${1A}", "${A-B}", "${A:-b}", "s3cr3t${"}) {
    EXPECT_EQ(expanded(text),
              "error: found ${ without a name and }, expected ${NAME}, or $${ for the text ${")
        << text;
  }
}

TEST(Expand, SaysWhetherTheEnvironmentHadAPartInIt) {
  EXPECT_TRUE(expand("x${EMPTY}", variable)->is_from_environment);
  EXPECT_FALSE(expand("x$${EMPTY}", variable)->is_from_environment);
}

}  // namespace
}  // namespace iothub

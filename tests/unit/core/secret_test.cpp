#include "core/secret.hpp"

#include <ostream>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace iothub {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!Streamable<Secret>);

TEST(Secret, GivesItsTextOnlyWhenAsked) {
  EXPECT_EQ(Secret("hush").reveal(), "hush");
}

TEST(Secret, MovingLeavesNothingBehind) {
  Secret from("a secret that is longer than what fits into a string object");
  const Secret to(std::move(from));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(to.reveal(), "a secret that is longer than what fits into a string object");
  Secret other("other");
  other = Secret("short");
  EXPECT_EQ(other.reveal(), "short");
}

TEST(Secret, CopiesAreEqualAndIndependent) {
  const Secret one("x");
  const Secret two = one;  // NOLINT(performance-unnecessary-copy-initialization): the copy is what is tested
  EXPECT_EQ(one, two);
  EXPECT_NE(one, Secret("y"));
}

}  // namespace
}  // namespace iothub

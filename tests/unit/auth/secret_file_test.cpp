#include "auth/secret_file.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class SecretFileTest : public testing::Test {
 protected:
  [[nodiscard]] std::string write(const std::string& content) const {
    return folder.write("secret", content);
  }

  TemporaryFolder folder;
};

TEST_F(SecretFileTest, DropsLineBreaksAtTheEndAndNothingElse) {
  for (const auto* content : {"s3cret", "s3cret\n", "s3cret\r\n", "s3cret\n\n"}) {
    EXPECT_EQ(read_secret_file(write(content)).value().reveal(), "s3cret");
  }
  EXPECT_EQ(read_secret_file(write(" a b \n")).value().reveal(), " a b ");
}

TEST_F(SecretFileTest, SaysWhatIsWrongWithoutTheContent) {
  EXPECT_THAT(read_secret_file("/nowhere/secret").error().message,
              EndsWith("/nowhere/secret: cannot be read: No such file or directory"));
  EXPECT_THAT(read_secret_file(folder.path()).error().message, HasSubstr("Is a directory"));
  EXPECT_THAT(read_secret_file(write("")).error().message, EndsWith(": is empty"));
  EXPECT_THAT(read_secret_file(write("\n")).error().message, EndsWith(": is empty"));
  EXPECT_THAT(read_secret_file(write(" \t\n")).error().message, EndsWith(": is empty"));
  EXPECT_THAT(read_secret_file(write("\xEF\xBB\xBFhush")).error().message, HasSubstr("byte order mark"));
  EXPECT_THAT(read_secret_file(write("hush\xFF")).error().message, EndsWith(": is not text"));
  EXPECT_THAT(read_secret_file(write(std::string("a\0b", 3))).error().message, EndsWith(": is not text"));
  EXPECT_THAT(read_secret_file(write(std::string(70'000, 'x'))).error().message,
              HasSubstr("larger than 64 KiB"));
}

TEST_F(SecretFileTest, DoesNotWaitForAPipe) {
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(read_secret_file(pipe).error().message, EndsWith(": is not a regular file"));
}

}  // namespace
}  // namespace iothub

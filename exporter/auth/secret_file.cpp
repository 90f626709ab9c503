#include "auth/secret_file.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>
#include <variant>

#include "core/utf8.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLargest = 64U << 10U;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

auto cannot_read(const std::string& path, int error) {
  return fail(ErrorKind::bad_config, path + ": cannot be read: " + std::generic_category().message(error));
}

}  // namespace

Result<Secret> read_key_file(const std::string& path) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (!file) {
    return cannot_read(path, errno);
  }
  std::string content(kLargest + 1, '\0');
  errno = 0;
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  if (std::ferror(file.get()) != 0) {  // a directory can be opened, but not read
    return cannot_read(path, errno);
  }
  if (content.size() > kLargest) {
    return fail(ErrorKind::bad_config, path + ": is larger than 64 KiB, which no secret is");
  }
  if (content.empty()) {
    return fail(ErrorKind::bad_config, path + ": is empty");
  }
  return Secret(std::move(content));
}

Result<Secret> read_secret_file(const std::string& path) {
  auto content = read_key_file(path);
  if (!content) {
    return content;
  }
  std::string text = content->reveal();
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  if (text.ends_with('\r')) {
    text.pop_back();
  }
  if (text.empty()) {
    return fail(ErrorKind::bad_config, path + ": is empty");
  }
  if (!is_utf8(text) || text.find('\0') != std::string::npos) {
    return fail(ErrorKind::bad_config, path + ": is not text");
  }
  return Secret(std::move(text));
}

Result<Secret> read_secret(const SecretSource& source) {
  const auto* file = std::get_if<SecretFile>(&source);
  return file != nullptr ? read_secret_file(file->path) : std::get<Secret>(source);
}

}  // namespace iothub

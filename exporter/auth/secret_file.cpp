#include "auth/secret_file.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>
#include <variant>

#include <fcntl.h>
#include <sys/stat.h>

#include "core/utf8.hpp"

namespace iothub {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using File = std::unique_ptr<std::FILE, Close>;

auto cannot_read(const std::string& path, int error) {
  return fail(ErrorKind::bad_config, path + ": cannot be read: " + std::generic_category().message(error));
}

// Nothing but a regular file, for reading a pipe might never end.
Result<File> open_regular(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return cannot_read(path, errno);
  }
  File file(fdopen(descriptor, "r"));
  struct stat status {};
  if (!file || fstat(descriptor, &status) != 0) {
    return cannot_read(path, errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return cannot_read(path, EISDIR);
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorKind::bad_config, path + ": is not a regular file");
  }
  return file;
}

}  // namespace

Result<Secret> read_key_file(const std::string& path) {
  const auto file = open_regular(path);
  if (!file) {
    return fail(file.error());
  }
  std::string content(kLargestSecretFile + 1, '\0');
  errno = 0;
  content.resize(std::fread(content.data(), 1, content.size(), file->get()));
  if (std::ferror(file->get()) != 0) {
    return cannot_read(path, errno);
  }
  if (content.size() > kLargestSecretFile) {
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
  text.erase(text.find_last_not_of("\r\n") + 1);
  if (text.find_first_not_of(" \t") == std::string::npos) {
    return fail(ErrorKind::bad_config, path + ": is empty");
  }
  if (text.starts_with("\xEF\xBB\xBF")) {
    return fail(ErrorKind::bad_config,
                path + ": begins with a byte order mark, which would count as part of the secret");
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

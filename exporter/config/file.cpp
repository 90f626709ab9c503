#include "config/file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace iothub {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

tl::unexpected<std::string> cannot_be_read(int error) {
  return tl::unexpected<std::string>("cannot be read: " + std::generic_category().message(error));
}

}  // namespace

tl::expected<std::string, std::string> read_file(const std::string& path, std::size_t limit) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "re"));
  if (!file) {
    return cannot_be_read(errno);
  }
  std::string content(limit + 1, '\0');
  errno = 0;
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  if (std::ferror(file.get()) != 0) {  // a directory can be opened, but not read
    return cannot_be_read(errno);
  }
  if (content.size() > limit) {
    return tl::unexpected<std::string>("is larger than " + std::to_string(limit >> 20U) + " MiB");
  }
  return content;
}

bool is_there(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace iothub

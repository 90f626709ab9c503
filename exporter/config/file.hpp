// Whole files, as far as a configuration names them.
#pragma once

#include <cstddef>
#include <string>

#include <tl/expected.hpp>

namespace iothub {

// The content of `path`, at most `limit` bytes. Fails with what follows the file's name in a sentence:
// "cannot be read: No such file or directory".
[[nodiscard]] tl::expected<std::string, std::string> read_file(const std::string& path, std::size_t limit);

// Whether `path` is there at all.
[[nodiscard]] bool is_there(const std::string& path);

}  // namespace iothub

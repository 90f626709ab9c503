// Configuration text in, finished Config or everything that is wrong with it out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "config/config.hpp"

namespace iothub {

// One mistake: "exporter.yaml:12:5: polling.interval: …, expected …".
struct ConfigError {
  std::string message;
};

// Looks up an environment variable; nullopt if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// Whether there is a file; empty: the file system says so. Asked for the agent of Azure Arc only.
using FileExists = std::function<bool(const std::string& path)>;

// `file_name` is only for messages; relative paths inside the text are taken relative to its folder. All
// mistakes of the text are reported together, in the order of the lines.
[[nodiscard]] tl::expected<Config, std::vector<ConfigError>> parse_config(std::string_view text,
                                                                          const std::string& file_name,
                                                                          const Environment& environment,
                                                                          const FileExists& file_exists = {});

// Reads `path` (at most 1 MiB) and parses it.
[[nodiscard]] tl::expected<Config, std::vector<ConfigError>> load_config(const std::string& path,
                                                                         const Environment& environment,
                                                                         const FileExists& file_exists = {});

}  // namespace iothub

// Secrets that lie in files.
#pragma once

#include <cstddef>
#include <string>

#include "auth/credential_options.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

inline constexpr std::size_t kLargestSecretFile = std::size_t{64} << 10U;

// The content of `path` without line breaks at its end. Errors (bad_config): the file cannot be read, is not
// a regular one, is empty, is larger than 64 KiB, is not text or begins with a byte order mark; the message
// names the path and the cause, never the content.
[[nodiscard]] Result<Secret> read_secret_file(const std::string& path);

// The whole content of `path`, which need not be text: a PFX is not. Otherwise the same errors.
[[nodiscard]] Result<Secret> read_key_file(const std::string& path);

// The secret itself, or what its file says now.
[[nodiscard]] Result<Secret> read_secret(const SecretSource& source);

}  // namespace iothub

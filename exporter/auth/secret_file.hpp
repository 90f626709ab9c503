// Secrets that lie in files.
#pragma once

#include <string>

#include "auth/credential_options.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

namespace iothub {

// The content of `path` without one trailing line break. Errors (bad_config): the file cannot be read, is
// empty, is larger than 64 KiB or is not text; the message names the path and the cause, never the content.
[[nodiscard]] Result<Secret> read_secret_file(const std::string& path);

// The whole content of `path`, which need not be text: a PFX is not. Otherwise the same errors.
[[nodiscard]] Result<Secret> read_key_file(const std::string& path);

// The secret itself, or what its file says now.
[[nodiscard]] Result<Secret> read_secret(const SecretSource& source);

}  // namespace iothub

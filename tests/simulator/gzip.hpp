// Bodies as ARM sends them to clients that accept gzip.
#pragma once

#include <string>
#include <string_view>

namespace azure_simulator {

// Whether an Accept-Encoding header lets the answer be gzip: it is named, and not with q=0.
bool accepts_gzip(std::string_view accept_encoding);

// Empty if zlib runs out of memory.
std::string gzip(std::string_view text);

}  // namespace azure_simulator

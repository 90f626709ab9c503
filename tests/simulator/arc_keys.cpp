#include "simulator/arc_keys.hpp"

#include <filesystem>
#include <fstream>

#include "simulator/base64.hpp"

namespace azure_simulator {
namespace {

constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kContentBytes = 32;

}  // namespace

std::optional<ArcKeys::Key> ArcKeys::make(const ArcAgent& agent) {
  Key key{.file = agent.key_folder + "/" + random_base64url(kNameBytes) + ".key",
          .content = random_base64url(kContentBytes)};
  std::ofstream file(key.file, std::ios::binary);
  file << key.content << std::flush;
  if (!file) {
    return std::nullopt;
  }
  files_[key.content] = key.file;
  return key;
}

bool ArcKeys::redeem(std::string_view content) {
  const auto found = files_.find(content);
  if (found == files_.end()) {
    return false;
  }
  std::error_code ignored;
  std::filesystem::remove(found->second, ignored);
  files_.erase(found);
  return true;
}

}  // namespace azure_simulator

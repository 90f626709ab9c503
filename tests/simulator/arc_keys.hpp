// The secrets that the agent of Azure Arc writes into files, so that only those who may read them get tokens.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "simulator/scenario.hpp"

namespace azure_simulator {

class ArcKeys {
 public:
  struct Key {
    std::string file;
    std::string content;
  };

  // Writes a new file "{key_folder}/{random}.key"; nothing if it cannot be written.
  [[nodiscard]] std::optional<Key> make(const ArcAgent& agent);

  // Whether the content is that of a file still in use. It is not from then on, and the file is gone.
  bool redeem(std::string_view content);

 private:
  std::map<std::string, std::string, std::less<>> files_;  // by content
};

}  // namespace azure_simulator

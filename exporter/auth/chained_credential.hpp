// Several ways to log in, for whoever does not want to name one (`type: auto`): the first that works is kept.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credential.hpp"

namespace iothub {

class ChainedCredential final : public Credential {
 public:
  struct Link {
    std::string_view method;
    std::unique_ptr<Credential> credential;
  };

  // `left_out` are sentences about ways that are no links, for the error if no link works.
  ChainedCredential(std::vector<Link> links, std::vector<std::string> left_out);

  // Until one has worked, all are tried in turn, but not past one that was neither refused nor unusable: what
  // fails for a moment, or meets a proxy's page, should not lose its place to another identity. Then
  // the one that worked is asked, and its failures are the chain's. Fails with unauthorized and every link's
  // reason if none works.
  [[nodiscard]] Result<AccessToken> fetch(const std::stop_token& stop) override;

 private:
  std::vector<Link> links_;
  std::vector<std::string> left_out_;
  std::optional<std::size_t> kept_;
};

}  // namespace iothub

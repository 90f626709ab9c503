// The access tokens that were handed out: who holds them and until when.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/clock.hpp"

namespace azure_simulator {

struct Token {
  std::string tenant;
  std::string client;
  std::string object_id;
  std::string audience;
  Time issued;
  Time expires;
};

class TokenStore {
 public:
  // A text that reads as a JWT and carries the claims of `token`. Its signature is chance, so nobody can make
  // one up.
  std::string issue(const Token& token, std::string_view issuer);

  // Also finds tokens that have expired: Resource Manager tells those apart from ones it never saw.
  [[nodiscard]] std::optional<Token> find(std::string_view text) const;

  // Every token that was ever given out.
  [[nodiscard]] std::vector<std::string> texts() const;

  // From now on all of them are past their time.
  void expire_all(Time now);

 private:
  std::map<std::string, Token, std::less<>> tokens_;
};

}  // namespace azure_simulator

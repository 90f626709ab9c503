// A text that must not be printed, logged or served: client secrets, tokens. It converts to nothing and
// streams nowhere; whoever needs the text says reveal(), which reviews grep for. The bytes are wiped when it
// dies.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

namespace iothub {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

static_assert(!std::is_convertible_v<Secret, std::string>);

}  // namespace iothub

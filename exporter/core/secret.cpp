#include "core/secret.hpp"

#include <cstring>

namespace iothub {

namespace {

// explicit_bzero is never optimised away. It runs over the capacity too: a shrunk string keeps its old tail,
// and the text of a short string lies inside the object itself.
void wipe(std::string& text) {
  text.resize(text.capacity());
  explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept {
  value_.swap(other.value_);
  wipe(other.value_);  // of a short text, swapping leaves a copy
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(value_);
    value_.swap(other.value_);
    wipe(other.value_);
  }
  return *this;
}

Secret::~Secret() {
  wipe(value_);
}

}  // namespace iothub

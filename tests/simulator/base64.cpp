#include "simulator/base64.hpp"

#include <algorithm>
#include <vector>

#include <openssl/rand.h>

#include "simulator/openssl_handles.hpp"

namespace azure_simulator {
namespace {

std::string encode(std::string_view bytes) {
  std::vector<unsigned char> encoded(4 * ((bytes.size() + 2) / 3) + 1);
  const int length = EVP_EncodeBlock(encoded.data(), unsigned_bytes(bytes), static_cast<int>(bytes.size()));
  return {encoded.begin(), encoded.begin() + length};
}

}  // namespace

std::string base64url(std::string_view bytes) {
  std::string text = encode(bytes);
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string padded(text);
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = from_base64(padded);
  return bytes && base64url(*bytes) == text ? std::move(bytes) : std::nullopt;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::vector<unsigned char> bytes(text.size() / 4 * 3 + 3);
  const int length = EVP_DecodeBlock(bytes.data(), unsigned_bytes(text), static_cast<int>(text.size()));
  if (length < 0) {
    return std::nullopt;
  }
  const auto padding = std::ranges::count(text, '=');
  std::string decoded(bytes.begin(), bytes.begin() + std::max(std::ptrdiff_t{0}, length - padding));
  // OpenSSL forgives spaces and odd last bits; the way back tells.
  return encode(decoded) == text ? std::optional(std::move(decoded)) : std::nullopt;
}

std::string random_base64url(std::size_t size) {
  std::vector<unsigned char> bytes(size);
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return base64url(std::string(bytes.begin(), bytes.end()));
}

}  // namespace azure_simulator

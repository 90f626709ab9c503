#include "simulator/seeded_random.hpp"

#include <array>

#include <openssl/sha.h>

namespace azure_simulator {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view seed, std::string_view purpose) {
  const std::string text = std::string(seed) + '\n' + std::string(purpose);
  Digest digest{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL counts in unsigned bytes.
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace

std::string SeededRandom::guid(std::string_view purpose) const {
  Digest digest = digest_of(seed_, purpose);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0fU) | 0x40U);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3fU) | 0x80U);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    text += digits[digest.at(i) >> 4U];
    text += digits[digest.at(i) & 0x0fU];
  }
  return text;
}

double SeededRandom::fraction(std::string_view purpose) const {
  const Digest digest = digest_of(seed_, purpose);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    bits = (bits << 8U) | digest.at(i);
  }
  return static_cast<double>(bits >> 11U) / 9007199254740992.0;  // 2^53
}

}  // namespace azure_simulator

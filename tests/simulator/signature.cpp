#include "simulator/signature.hpp"

#include <vector>

#include <openssl/err.h>
#include <openssl/rsa.h>

namespace azure_simulator {
namespace {

constexpr std::size_t kKeyBits = 2048;
constexpr int kSaltBytes = 32;

bool set_padding(EVP_PKEY_CTX* context, Algorithm algorithm) {
  if (algorithm == Algorithm::rs256) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0;
  }
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, kSaltBytes) > 0;
}

}  // namespace

PrivateKey make_rsa_key() {
  return PrivateKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", kKeyBits));
}

std::string sign(EVP_PKEY* key, Algorithm algorithm, std::string_view text) {
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // owned by the digest
  if (EVP_DigestSignInit(digest.get(), &context, EVP_sha256(), nullptr, key) != 1 ||
      !set_padding(context, algorithm)) {
    return "";
  }
  std::size_t size = 0;
  EVP_DigestSign(digest.get(), nullptr, &size, unsigned_bytes(text), text.size());
  std::vector<unsigned char> signature(size);
  const bool is_signed =
      EVP_DigestSign(digest.get(), signature.data(), &size, unsigned_bytes(text), text.size()) == 1;
  return is_signed ? std::string(signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(size))
                   : "";
}

bool verify(EVP_PKEY* key, Algorithm algorithm, std::string_view text, std::string_view signature) {
  const Digest digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;  // owned by the digest
  const bool is_true = key != nullptr &&
                       EVP_DigestVerifyInit(digest.get(), &context, EVP_sha256(), nullptr, key) == 1 &&
                       set_padding(context, algorithm) &&
                       EVP_DigestVerify(digest.get(), unsigned_bytes(signature), signature.size(),
                                        unsigned_bytes(text), text.size()) == 1;
  ERR_clear_error();  // what is left behind would spoil the next TLS call of this thread
  return is_true;
}

}  // namespace azure_simulator

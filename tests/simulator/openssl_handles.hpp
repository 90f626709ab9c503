// Owners of OpenSSL's objects, and the view of a text that its functions ask for.
#pragma once

#include <memory>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace azure_simulator {

struct OpensslDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

using Certificate = std::unique_ptr<X509, OpensslDeleter>;
using PrivateKey = std::unique_ptr<EVP_PKEY, OpensslDeleter>;
using Digest = std::unique_ptr<EVP_MD_CTX, OpensslDeleter>;
using Memory = std::unique_ptr<BIO, OpensslDeleter>;
using TlsContext = std::unique_ptr<SSL_CTX, OpensslDeleter>;

inline const unsigned char* unsigned_bytes(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL counts in unsigned bytes.
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What has been written into `memory`.
inline std::string_view text_in(BIO* memory) {
  const char* text = nullptr;
  const long size = BIO_ctrl(memory, BIO_CTRL_INFO, 0, &text);
  return size > 0 ? std::string_view(text, static_cast<std::size_t>(size)) : std::string_view{};
}

}  // namespace azure_simulator

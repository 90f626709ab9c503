// RSA keys with certificates, in the forms in which people keep them.
#pragma once

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace iothub {

class ClientKey {
 public:
  // A fresh key with a certificate that it signed itself.
  explicit ClientKey(long ends_in_seconds = 3600, unsigned bits = 2048)
      : key_(EVP_RSA_gen(bits), &EVP_PKEY_free), certificate_(X509_new(), &X509_free) {
    X509* certificate = certificate_.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), ends_in_seconds);
    X509_set_pubkey(certificate, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("client"), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    if (X509_sign(certificate, key_.get(), EVP_sha256()) == 0) {
      throw std::runtime_error("no certificate");
    }
  }

  [[nodiscard]] std::string certificate_pem() const {
    return written([&](BIO* to) { return PEM_write_bio_X509(to, certificate_.get()); });
  }

  // Encrypted if there is a password.
  [[nodiscard]] std::string key_pem(const std::string& password = "") const {
    return written([&](BIO* to) {
      return PEM_write_bio_PrivateKey(to, key_.get(), password.empty() ? nullptr : EVP_aes_128_cbc(),
                                      reinterpret_cast<const unsigned char*>(password.data()),
                                      static_cast<int>(password.size()), nullptr, nullptr);
    });
  }

  [[nodiscard]] std::string pem(const std::string& password = "") const {
    return key_pem(password) + certificate_pem();
  }

  // `cipher` encrypts key and certificate; 0 is OpenSSL's choice.
  [[nodiscard]] std::string pfx(const std::string& password, int cipher = 0) const {
    const std::unique_ptr<PKCS12, decltype(&PKCS12_free)> container(
        PKCS12_create(password.c_str(), "client", key_.get(), certificate_.get(), nullptr, cipher, cipher, 0,
                      0, 0),
        &PKCS12_free);
    return written([&](BIO* to) { return i2d_PKCS12_bio(to, container.get()); });
  }

  enum class Mac { none, of_nothing };

  // Neither encrypted nor, as the case may be, signed: or signed with no password at all, not an empty one.
  [[nodiscard]] std::string pfx_without_password(Mac mac) const {
    const std::unique_ptr<PKCS12, decltype(&PKCS12_free)> container(
        PKCS12_create(nullptr, "client", key_.get(), certificate_.get(), nullptr, -1, -1, 0,
                      mac == Mac::none ? -1 : 0, 0),
        &PKCS12_free);
    return written([&](BIO* to) { return i2d_PKCS12_bio(to, container.get()); });
  }

 private:
  template <typename Write>
  static std::string written(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
    if (write(memory.get()) != 1) {
      throw std::runtime_error("cannot write a key");
    }
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
};

}  // namespace iothub

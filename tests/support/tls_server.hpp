// Certificates made on the spot, and TLS for RawServer.
#pragma once

#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "support/raw_server.hpp"

namespace iothub {

template <auto kFree>
struct OpensslDelete {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using OpensslKey = std::unique_ptr<EVP_PKEY, OpensslDelete<EVP_PKEY_free>>;
using OpensslCertificate = std::unique_ptr<X509, OpensslDelete<X509_free>>;

// A certificate with its key. What it signs it can be the authority of.
class TestCertificate {
 public:
  struct Wish {
    std::string name = "test";
    std::string alternative_names;  // as in OpenSSL's configuration: "IP:127.0.0.1,DNS:localhost"
    long begins_in_seconds = -3600;
    long ends_in_seconds = 3600;
    bool is_authority = false;
  };

  // Signed by `issuer`, or by itself.
  explicit TestCertificate(const Wish& wish, const TestCertificate* issuer = nullptr)
      : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
    static long serial = 1;
    X509* certificate = certificate_.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), wish.begins_in_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate), wish.ends_in_seconds);
    X509_set_pubkey(certificate, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
    const TestCertificate& signer = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate_.get()));
    add_extension(NID_basic_constraints, wish.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (!wish.alternative_names.empty()) {
      add_extension(NID_subject_alt_name, wish.alternative_names);
    }
    if (X509_sign(certificate, signer.key_.get(), EVP_sha256()) == 0) {
      throw std::runtime_error("no certificate");
    }
  }

  [[nodiscard]] X509* certificate() const { return certificate_.get(); }
  [[nodiscard]] EVP_PKEY* key() const { return key_.get(); }

  // Writes the certificate, without its key, as a file of trusted authorities.
  void save(const std::string& path) const {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "w"), &std::fclose);
    if (!file || PEM_write_X509(file.get(), certificate_.get()) == 0) {
      throw std::runtime_error("cannot write " + path);
    }
  }

 private:
  void add_extension(int nid, const std::string& value) {
    const std::unique_ptr<X509_EXTENSION, OpensslDelete<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
    if (!extension || X509_add_ext(certificate_.get(), extension.get(), -1) == 0) {
      throw std::runtime_error("no extension " + value);
    }
  }

  OpensslKey key_;
  OpensslCertificate certificate_;
};

// How a RawServer speaks TLS: pass accept() to it. Must outlive the server.
class TlsAcceptor {
 public:
  explicit TlsAcceptor(const TestCertificate& certificate, int newest_version = TLS1_3_VERSION)
      : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), newest_version);
    SSL_CTX_set_cipher_list(context_.get(), "DEFAULT@SECLEVEL=0");  // or this side refuses TLS 1.1 by itself
    if (SSL_CTX_use_certificate(context_.get(), certificate.certificate()) != 1 ||
        SSL_CTX_use_PrivateKey(context_.get(), certificate.key()) != 1) {
      throw std::runtime_error("no TLS context");
    }
  }

  [[nodiscard]] RawServer::Accept accept() {
    return [this](int fd) { return std::make_shared<Connection>(fd, context_.get()); };
  }

 private:
  class Connection final : public RawConnection {
   public:
    Connection(int fd, SSL_CTX* context) : RawConnection(fd), ssl_(SSL_new(context)) {
      SSL_set_fd(ssl_.get(), fd);
    }

    bool begin() override { return SSL_accept(ssl_.get()) == 1; }
    std::string read() override {
      std::string bytes(16U << 10U, '\0');
      const int got = SSL_read(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      return bytes;
    }
    bool write(std::string_view bytes) override {
      return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
    }

   private:
    std::unique_ptr<SSL, OpensslDelete<SSL_free>> ssl_;
  };

  std::unique_ptr<SSL_CTX, OpensslDelete<SSL_CTX_free>> context_;
};

}  // namespace iothub

#include "simulator/client_certificate.hpp"

#include <array>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "simulator/base64.hpp"
#include "simulator/signature.hpp"

namespace azure_simulator {
namespace {

constexpr long kVersion3 = 2;

bool set_subject(X509* certificate, const std::string& common_name) {
  X509_NAME* name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, unsigned_bytes(common_name), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

bool set_validity(X509* certificate, Time from, Time until) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), unix_seconds(from)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), unix_seconds(until)) != nullptr;
}

}  // namespace

Certificate read_certificate(std::string_view pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  const EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
  ERR_clear_error();  // what is left behind would spoil the next TLS call of this thread
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? std::move(certificate) : nullptr;
}

std::string thumbprint(const X509* certificate, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  X509_digest(certificate, digest, bytes.data(), &size);
  return base64url(std::string(bytes.begin(), bytes.begin() + size));
}

std::string thumbprint(std::string_view der, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(der.data(), der.size(), bytes.data(), &size, digest, nullptr);
  return base64url(std::string(bytes.begin(), bytes.begin() + size));
}

bool is_valid_at(const X509* certificate, Time time) {
  std::time_t seconds = unix_seconds(time);
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

tl::expected<ClientCertificate, std::string> make_client_certificate(const std::string& common_name,
                                                                     Time valid_from, Time valid_until) {
  const PrivateKey key = make_rsa_key();
  const Certificate certificate(X509_new());
  X509* raw = certificate.get();
  const bool made = key && raw != nullptr && X509_set_version(raw, kVersion3) == 1 &&
                    ASN1_INTEGER_set(X509_get_serialNumber(raw), 1) == 1 && set_subject(raw, common_name) &&
                    set_validity(raw, valid_from, valid_until) && X509_set_pubkey(raw, key.get()) == 1 &&
                    X509_sign(raw, key.get(), EVP_sha256()) > 0;
  const Memory pem(BIO_new(BIO_s_mem()));
  const Memory key_pem(BIO_new(BIO_s_mem()));
  if (!made || PEM_write_bio_X509(pem.get(), raw) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return tl::unexpected<std::string>("cannot make a certificate for '" + common_name + "'");
  }
  return ClientCertificate{.certificate_pem = std::string(text_in(pem.get())),
                           .key_pem = std::string(text_in(key_pem.get()))};
}

}  // namespace azure_simulator

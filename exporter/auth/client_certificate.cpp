#include "auth/client_certificate.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace iothub {

namespace {

constexpr int kLeastBits = 2048;  // what Entra ID takes

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}

using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Container = std::unique_ptr<PKCS12, Free<PKCS12_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), Free<free_stack>>;

Bio reader(const Secret& content) {
  return Bio(BIO_new_mem_buf(content.reveal().data(), static_cast<int>(content.reveal().size())));
}

// For PEM_read_bio_PrivateKey. Without a password OpenSSL would ask for one at the terminal.
struct PasswordQuestion {
  const std::optional<Secret>* password;
  bool was_asked = false;
};

extern "C" int on_password(char* buffer, int size, int /*for_writing*/, void* question) noexcept {
  auto& asked = *static_cast<PasswordQuestion*>(question);
  asked.was_asked = true;
  if (!*asked.password) {
    return -1;
  }
  const std::string& text = (*asked.password)->reveal();
  const auto length = std::min(text.size(), static_cast<std::size_t>(size));
  std::copy_n(text.data(), length, buffer);
  return static_cast<int>(length);
}

auto refuse(std::string sentence) {
  ERR_clear_error();
  return fail(ErrorKind::bad_config, std::move(sentence));
}

struct KeyAndCertificates {
  Key key;
  std::vector<Certificate> certificates;  // in the file's order
};

Result<KeyAndCertificates> parse_pem(const Secret& content, const std::optional<Secret>& password) {
  KeyAndCertificates found;
  PasswordQuestion question{.password = &password};
  found.key.reset(PEM_read_bio_PrivateKey(reader(content).get(), nullptr, &on_password, &question));
  if (!found.key && question.was_asked) {
    return refuse(password ? "the private key cannot be decrypted with this password"
                           : "the private key is encrypted, but there is no password for it");
  }
  if (!found.key) {
    return refuse("has no private key that can be read");
  }
  const Bio bio = reader(content);
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    found.certificates.emplace_back(certificate);
  }
  ERR_clear_error();  // of the end of the file
  return found;
}

// Whether OpenSSL refused because of an algorithm that only its legacy provider has.
bool is_outdated() {
  return ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED ||
         ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED;
}

// The one that opens the container. Programs do not agree on what no password is: an empty one or none at
// all.
std::optional<const char*> password_of(PKCS12* container, const std::optional<Secret>& password) {
  if (PKCS12_mac_present(container) == 0) {
    return password ? password->reveal().c_str() : nullptr;
  }
  if (password) {
    const char* text = password->reveal().c_str();
    return PKCS12_verify_mac(container, text, -1) == 1 ? std::optional(text) : std::nullopt;
  }
  for (const char* text : {"", static_cast<const char*>(nullptr)}) {
    if (PKCS12_verify_mac(container, text, text == nullptr ? 0 : -1) == 1) {
      return text;
    }
  }
  return std::nullopt;
}

Result<KeyAndCertificates> parse_pfx(const Secret& content, const std::optional<Secret>& password) {
  const Container container(d2i_PKCS12_bio(reader(content).get(), nullptr));
  if (!container) {
    return refuse("is neither PEM nor PFX");
  }
  const auto text = password_of(container.get(), password);
  if (!text) {
    return refuse(password ? "the password is wrong" : "is encrypted, but there is no password for it");
  }
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  if (PKCS12_parse(container.get(), *text, &key, &certificate, &others) != 1) {
    return refuse(is_outdated()
                      ? "is encrypted in an outdated way (RC2 or the like); convert it to PEM or to a PFX "
                        "with AES"
                      : "cannot be read");
  }
  KeyAndCertificates found{.key = Key(key), .certificates = {}};
  const Stack stack(others);
  if (certificate != nullptr) {
    found.certificates.emplace_back(certificate);
  }
  for (int i = 0; i < sk_X509_num(stack.get()); ++i) {
    X509* other = sk_X509_value(stack.get(), i);
    X509_up_ref(other);
    found.certificates.emplace_back(other);
  }
  if (!found.key) {
    return refuse("has no private key");
  }
  return found;
}

std::string digest_of(const X509* certificate, const EVP_MD* algorithm) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  X509_digest(certificate, algorithm, bytes.data(), &size);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string to_der(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace

struct ClientCertificate::Parts {
  Key key;
  Certificate leaf;
  std::vector<Certificate> issuers;
};

ClientCertificate::ClientCertificate(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ClientCertificate::ClientCertificate(ClientCertificate&&) noexcept = default;
ClientCertificate& ClientCertificate::operator=(ClientCertificate&&) noexcept = default;
ClientCertificate::~ClientCertificate() = default;

Result<ClientCertificate> ClientCertificate::parse(const Secret& content,
                                                   const std::optional<Secret>& password) {
  const bool is_pem = content.reveal().find("-----BEGIN ") != std::string::npos;
  auto found = is_pem ? parse_pem(content, password) : parse_pfx(content, password);
  if (!found) {
    return fail(std::move(found.error()));
  }
  if (found->certificates.empty()) {
    return refuse("has no certificate");
  }
  if (EVP_PKEY_is_a(found->key.get(), "RSA") != 1) {
    return refuse("the private key is not RSA, which is all that Entra ID takes");
  }
  if (EVP_PKEY_get_bits(found->key.get()) < kLeastBits) {
    return refuse("the private key is shorter than " + std::to_string(kLeastBits) + " bits");
  }
  const auto leaf = std::ranges::find_if(found->certificates, [&](const Certificate& certificate) {
    return X509_check_private_key(certificate.get(), found->key.get()) == 1;
  });
  if (leaf == found->certificates.end()) {
    return refuse("the private key belongs to none of the certificates");
  }
  auto parts = std::make_unique<Parts>();
  parts->key = std::move(found->key);
  parts->leaf = std::move(*leaf);
  found->certificates.erase(leaf);
  parts->issuers = std::move(found->certificates);
  ERR_clear_error();
  return ClientCertificate(std::move(parts));
}

Result<std::string> ClientCertificate::sign(std::string_view text, SignatureAlgorithm algorithm) const {
  const Digest context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  bool good = EVP_DigestSignInit(context.get(), &padding, EVP_sha256(), nullptr, parts_->key.get()) == 1;
  if (good && algorithm == SignatureAlgorithm::ps256) {
    good = EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  good = good && EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
  std::string signature(size, '\0');
  if (!good || EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                              text.size()) != 1) {
    ERR_clear_error();
    return fail(ErrorKind::internal, "the certificate's key could not sign");
  }
  signature.resize(size);
  return signature;
}

std::string ClientCertificate::sha1_thumbprint() const {
  return digest_of(parts_->leaf.get(), EVP_sha1());
}

std::string ClientCertificate::sha256_thumbprint() const {
  return digest_of(parts_->leaf.get(), EVP_sha256());
}

std::vector<std::string> ClientCertificate::chain() const {
  std::vector<std::string> chain{to_der(parts_->leaf.get())};
  for (const Certificate& issuer : parts_->issuers) {
    chain.push_back(to_der(issuer.get()));
  }
  return chain;
}

WallTime ClientCertificate::expires_at() const {
  std::tm date{};
  ASN1_TIME_to_tm(X509_get0_notAfter(parts_->leaf.get()), &date);
  return WallTime{std::chrono::seconds{timegm(&date)}};
}

}  // namespace iothub

#include "simulator/authority.hpp"

#include <array>
#include <utility>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace azure_simulator {
namespace {

constexpr long kLifetimeSeconds = 30L * 24 * 3600;
constexpr long kHeadStartSeconds = 3600;
constexpr long kVersion3 = 2;

struct Template {
  std::string common_name;
  bool is_authority = false;
  std::string alternative_names{};
};

// A positive number of 63 random bits.
bool set_serial(X509* certificate) {
  std::array<unsigned char, 8> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return false;
  }
  std::uint64_t serial = 1;
  for (const unsigned char byte : bytes) {
    serial = (serial << 8U) | byte;
  }
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (serial >> 1U) | 1U) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool add_extensions(X509* certificate, X509* issuer, const Template& about) {
  if (!add_extension(certificate, issuer, NID_subject_key_identifier, "hash")) {
    return false;
  }
  if (about.is_authority) {
    return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
           add_extension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  return add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, issuer, NID_authority_key_identifier, "keyid") &&
         add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, issuer, NID_subject_alt_name, about.alternative_names);
}

bool set_name(X509* certificate, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                    unsigned_bytes(common_name), -1, -1, 0) == 1;
}

// Signed by `issuer`, or by itself if there is none.
Certificate make_certificate(const Template& about, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509* raw = certificate.get();
  X509* signer = issuer == nullptr ? raw : issuer;
  const bool made = raw != nullptr && X509_set_version(raw, kVersion3) == 1 && set_serial(raw) &&
                    X509_gmtime_adj(X509_getm_notBefore(raw), -kHeadStartSeconds) != nullptr &&
                    X509_gmtime_adj(X509_getm_notAfter(raw), kLifetimeSeconds) != nullptr &&
                    set_name(raw, about.common_name) && X509_set_pubkey(raw, key) == 1 &&
                    X509_set_issuer_name(raw, X509_get_subject_name(signer)) == 1 &&
                    add_extensions(raw, signer, about) && X509_sign(raw, issuer_key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

PrivateKey make_key() {
  return PrivateKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}

std::string pem_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate);
  return std::string(text_in(memory.get()));
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

std::string alternative_names(const std::string& host) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (host != "localhost" && host != "127.0.0.1" && host != "::1") {
    names += (is_address(host) ? ",IP:" : ",DNS:") + host;
  }
  return names;
}

TlsContext make_context(X509* certificate, EVP_PKEY* key) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  const bool made = context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1 &&
                    SSL_CTX_use_certificate(context.get(), certificate) == 1 &&
                    SSL_CTX_use_PrivateKey(context.get(), key) == 1;
  return made ? std::move(context) : nullptr;
}

}  // namespace

tl::expected<Authority, std::string> Authority::make(const std::string& host) {
  const PrivateKey ca_key = make_key();
  const PrivateKey key = make_key();
  if (!ca_key || !key) {
    return tl::unexpected<std::string>("cannot make a key");
  }
  const Certificate ca = make_certificate({.common_name = "Simulated Azure authority", .is_authority = true},
                                          ca_key.get(), nullptr, ca_key.get());
  if (!ca) {
    return tl::unexpected<std::string>("cannot make the authority");
  }
  const Certificate certificate =
      make_certificate({.common_name = "Simulated Azure", .alternative_names = alternative_names(host)},
                       key.get(), ca.get(), ca_key.get());
  TlsContext context = certificate ? make_context(certificate.get(), key.get()) : nullptr;
  if (!context) {
    return tl::unexpected<std::string>("cannot make a certificate for '" + host + "'");
  }
  return Authority{.ca_pem = pem_of(ca.get()), .context = std::move(context)};
}

}  // namespace azure_simulator

#include "auth/client_certificate.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/base64.hpp"
#include "support/client_key.hpp"
#include "support/tls_server.hpp"

namespace iothub {
namespace {

using testing::SizeIs;

const ClientKey& client() {
  static const ClientKey key;
  return key;
}
const ClientKey& stranger() {
  static const ClientKey key;
  return key;
}

Result<ClientCertificate> parse(const std::string& content, const std::optional<std::string>& password = {}) {
  return ClientCertificate::parse(Secret(content),
                                  password ? std::optional(Secret(*password)) : std::nullopt);
}

void expect_refusal(const Result<ClientCertificate>& certificate, const std::string& words) {
  ASSERT_FALSE(certificate);
  EXPECT_EQ(certificate.error().kind, ErrorKind::bad_config);
  EXPECT_EQ(certificate.error().message, words);
}

TEST(ClientCertificate, IsReadFromPemInAnyOrder) {
  const auto expected = parse(client().pem())->sha256_thumbprint();
  const std::string words = "Bag Attributes\n    friendlyName: x\n";
  EXPECT_EQ(parse(words + client().certificate_pem() + words + client().key_pem())->sha256_thumbprint(),
            expected);
  const auto with_issuer =
      parse(stranger().certificate_pem() + client().certificate_pem() + client().key_pem());
  EXPECT_EQ(with_issuer->sha256_thumbprint(), expected);
  EXPECT_THAT(with_issuer->chain(), SizeIs(2));
}

TEST(ClientCertificate, IsReadFromAnEncryptedPem) {
  EXPECT_TRUE(parse(client().pem("pass"), "pass"));
}

TEST(ClientCertificate, IsReadFromPfxWithAndWithoutAPassword) {
  EXPECT_TRUE(parse(client().pfx("pass"), "pass"));
  EXPECT_TRUE(parse(client().pfx("")));
}

TEST(ClientCertificate, IsReadFromPfxThatHasNoPasswordInAnyOfTheWaysThereAre) {
  EXPECT_TRUE(parse(client().pfx_without_password(ClientKey::Mac::none)));
  EXPECT_TRUE(parse(client().pfx_without_password(ClientKey::Mac::of_nothing)));
}

TEST(ClientCertificate, SaysWhatIsWrongWithAPem) {
  expect_refusal(parse(client().certificate_pem()), "has no private key that can be read");
  expect_refusal(parse(client().key_pem()), "has no certificate");
  expect_refusal(parse(client().pem("pass")),
                 "the private key is encrypted, but there is no password for it");
  expect_refusal(parse(client().pem("pass"), "other"),
                 "the private key cannot be decrypted with this password");
  expect_refusal(parse(client().key_pem() + stranger().certificate_pem()),
                 "the private key belongs to none of the certificates");
  expect_refusal(parse("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
                 "has no private key that can be read");
}

TEST(ClientCertificate, SaysWhatIsWrongWithAPfx) {
  expect_refusal(parse(client().pfx("pass")), "is encrypted, but there is no password for it");
  expect_refusal(parse(client().pfx("pass"), "other"), "the password is wrong");
  expect_refusal(parse("neither"), "is neither PEM nor PFX");
  expect_refusal(parse(client().pfx("pass").substr(0, 100), "pass"), "is neither PEM nor PFX");
}

TEST(ClientCertificate, TakesRsaKeysOfEnoughBitsOnly) {
  const TestCertificate elliptic({});
  std::string pem;
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(memory.get(), elliptic.key(), nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(memory.get(), elliptic.certificate());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  expect_refusal(parse({text, static_cast<std::size_t>(size)}),
                 "the private key is not RSA, which is all that Entra ID takes");
  expect_refusal(parse(ClientKey(3600, 1024).pem()), "the private key is shorter than 2048 bits");
}

TEST(ClientCertificate, KnowsWhenItExpires) {
  const auto certificate = parse(ClientKey(-60).pem());
  EXPECT_LT(unix_seconds(certificate->expires_at()), static_cast<double>(std::time(nullptr)));
  EXPECT_GT(unix_seconds(certificate->expires_at()), static_cast<double>(std::time(nullptr) - 600));
}

TEST(Base64, EncodesAsRfc4648Says) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
  EXPECT_EQ(base64url("f"), "Zg");
}

}  // namespace
}  // namespace iothub

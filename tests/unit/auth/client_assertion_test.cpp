// What the assertion is, judged by programs that are not ours: `openssl dgst` checks the signature,
// `openssl base64` reads the parts.
#include "auth/client_assertion.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/child_process.hpp"
#include "core/system_clock.hpp"
#include "support/temporary_folder.hpp"

namespace iothub {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::MatchesRegex;

const std::string kCertificateFile = AUTH_TEST_DATA "/certificate.pem";

constexpr auto* kHeader =
    R"({"alg":"PS256","typ":"JWT","x5t#S256":"s-0WzX0NvVaZuH80NgVhIpbRoyTHALTuLYHgsDNBthY"})";
constexpr auto* kPayload =
    R"({"aud":"https://login.microsoftonline.com/contoso/oauth2/v2.0/token",)"
    R"("iss":"11111111-2222-3333-4444-555555555555","sub":"11111111-2222-3333-4444-555555555555",)"
    R"("jti":"0f6f9c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6","nbf":1795435200,"iat":1795435200,"exp":1795435800})";

class AssertionTest : public testing::Test {
 protected:
  AssertionTest() {
    std::ifstream file(kCertificateFile);
    pem = {std::istreambuf_iterator<char>(file), {}};
  }

  std::string assertion(SignatureAlgorithm algorithm, bool with_chain = false) const {
    const auto certificate = ClientCertificate::parse(Secret(pem), std::nullopt);
    const AssertionClaims claims{.audience = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token",
                                 .client_id = "11111111-2222-3333-4444-555555555555",
                                 .id = "0f6f9c3a-1b2c-4d5e-8f90-a1b2c3d4e5f6",
                                 .now = WallTime{seconds{1'795'435'200}}};
    return sign_assertion(*certificate, claims, algorithm, with_chain)->reveal();
  }

  // What `openssl` prints when it is run with these arguments.
  static std::string openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const auto output = run_process(std::move(arguments), seconds{60}, SystemClock(), {});
    return output ? output->out + output->err : output.error().message;
  }

  std::string decoded(std::string part) const {
    std::ranges::replace(part, '-', '+');
    std::ranges::replace(part, '_', '/');
    part.append((4 - part.size() % 4) % 4, '=');
    return openssl({"base64", "-d", "-A", "-in", folder.write("encoded", part)});
  }

  void expect_good_signature(const std::string& token, const std::vector<std::string>& options) const {
    const auto signature_at = token.rfind('.');
    const auto signature = folder.write("signature", decoded(token.substr(signature_at + 1)));
    const auto text = folder.write("text", token.substr(0, signature_at));
    const auto key = folder.write("key", openssl({"rsa", "-in", kCertificateFile, "-pubout"}));
    std::vector<std::string> command{"dgst", "-sha256", "-verify", key, "-signature", signature};
    command.insert(command.end(), options.begin(), options.end());
    command.push_back(text);
    EXPECT_EQ(openssl(command), "Verified OK\n");
    std::ofstream(text, std::ios::app) << "x";
    EXPECT_THAT(openssl(command), HasSubstr("Verification failure"));
  }

  TemporaryFolder folder;
  std::string pem;
};

TEST_F(AssertionTest, SaysWhoAsksWhomAndWhen) {
  const std::string token = assertion(SignatureAlgorithm::ps256);
  const auto first = token.find('.');
  EXPECT_EQ(decoded(token.substr(0, first)), kHeader);
  EXPECT_EQ(decoded(token.substr(first + 1, token.rfind('.') - first - 1)), kPayload);
}

TEST_F(AssertionTest, OpensslVerifiesPs256WithASaltAsLongAsTheDigest) {
  expect_good_signature(assertion(SignatureAlgorithm::ps256),
                        {"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"});
}

TEST_F(AssertionTest, OpensslVerifiesRs256) {
  expect_good_signature(assertion(SignatureAlgorithm::rs256), {});
}

TEST_F(AssertionTest, Rs256NamesTheCertificateBySha1) {
  const std::string token = assertion(SignatureAlgorithm::rs256);
  const std::string fingerprint =
      openssl({"x509", "-in", kCertificateFile, "-noout", "-fingerprint", "-sha1"});
  EXPECT_THAT(decoded(token.substr(0, token.find('.'))),
              MatchesRegex(R"(\{"alg":"RS256","typ":"JWT","x5t":".*"\})"));
  const auto der = ClientCertificate::parse(Secret(pem), std::nullopt)->sha1_thumbprint();
  std::string hex;
  for (const char byte : der) {
    std::array<char, 4> text{};
    std::snprintf(text.data(), text.size(), ":%02X", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    hex += text.data();
  }
  EXPECT_THAT(fingerprint, HasSubstr(hex.substr(1)));
}

TEST_F(AssertionTest, CarriesTheChainWhenItIsWanted) {
  const std::string token = assertion(SignatureAlgorithm::ps256, /*with_chain=*/true);
  const std::string header = decoded(token.substr(0, token.find('.')));
  std::string der = pem.substr(pem.find("-----BEGIN CERTIFICATE-----") + 27);
  der.resize(der.find("-----END"));
  std::erase(der, '\n');
  EXPECT_THAT(header, HasSubstr("\"x5c\":[\"" + der + "\"]"));
}

TEST(RandomGuid, IsAFreshVersion4EachTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const auto guid = random_guid();
    ASSERT_TRUE(guid);
    EXPECT_THAT(*guid, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
    seen.insert(*guid);
  }
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace iothub

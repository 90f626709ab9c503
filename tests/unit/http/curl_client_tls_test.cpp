// Whom CurlClient trusts, and what it says of those whom it does not.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"
#include "unit/http/curl_client_fixture.hpp"

namespace iothub {
namespace {

// An authority that only this test knows, and servers with certificates of its making.
class CurlClientTlsTest : public CurlClientTest {
 protected:
  void SetUp() override { authority_.save(ca_file_); }

  Result<HttpResponse> ask_one_with(const TestCertificate& certificate, int newest_version = TLS1_3_VERSION) {
    TlsAcceptor tls(certificate, newest_version);
    RawServer server(RawServer::answering(answer("over TLS")), tls.accept());
    return ask(get(server.url("https") + "?query=secret"));
  }

  TestCertificate issued(const std::string& alternative_names, long begins = -3600, long ends = 3600) {
    TestCertificate::Wish wish;
    wish.alternative_names = alternative_names;
    wish.begins_in_seconds = begins;
    wish.ends_in_seconds = ends;
    return TestCertificate(wish, &authority_);
  }

  static TestCertificate::Wish authority_wish() {
    TestCertificate::Wish wish;
    wish.name = "the authority of a test";
    wish.is_authority = true;
    return wish;
  }

  TestCertificate authority_{authority_wish()};
  TemporaryFolder folder_;
  std::string ca_file_ = folder_.path("authority.pem");
};

TEST_F(CurlClientTlsTest, TrustsAPrivateAuthorityThatItIsGiven) {
  options_.ca_file = ca_file_;
  const auto response = ask_one_with(issued("IP:127.0.0.1"));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "over TLS");
}

TEST_F(CurlClientTlsTest, DoesNotTrustAnAuthorityThatItIsNotGiven) {
  const auto response = ask_one_with(issued("IP:127.0.0.1"));
  expect_error(response, ErrorKind::tls, "the certificate is from an unknown authority");
}

TEST_F(CurlClientTlsTest, RefusesACertificateThatHasExpired) {
  options_.ca_file = ca_file_;
  const auto response = ask_one_with(issued("IP:127.0.0.1", -7200, -3600));
  expect_error(response, ErrorKind::tls, "the certificate has expired");
}

TEST_F(CurlClientTlsTest, RefusesACertificateThatIsNotValidYet) {
  options_.ca_file = ca_file_;
  const auto response = ask_one_with(issued("IP:127.0.0.1", 3600, 7200));
  expect_error(response, ErrorKind::tls, "the certificate is not valid yet");
}

TEST_F(CurlClientTlsTest, RefusesACertificateForAnotherHost) {
  options_.ca_file = ca_file_;
  for (const std::string names : {"DNS:management.azure.com", "DNS:127.0.0.1", "IP:127.0.0.2"}) {
    const auto response = ask_one_with(issued(names));
    expect_error(response, ErrorKind::tls, "the certificate is for another host");
  }
}

TEST_F(CurlClientTlsTest, RefusesACertificateThatNamesTheHostByItsCommonNameOnly) {
  options_.ca_file = ca_file_;
  TestCertificate::Wish wish;
  wish.name = "127.0.0.1";
  const TestCertificate certificate(wish, &authority_);
  expect_error(ask_one_with(certificate), ErrorKind::tls, "the certificate has no subject alternative name");
}

TEST_F(CurlClientTlsTest, RefusesASelfSignedCertificate) {
  options_.ca_file = ca_file_;
  TestCertificate::Wish wish;
  wish.alternative_names = "IP:127.0.0.1";
  const auto response = ask_one_with(TestCertificate(wish));
  expect_error(response, ErrorKind::tls, "the certificate is self-signed");
}

TEST_F(CurlClientTlsTest, RefusesProtocolsOlderThanTls12) {
  options_.ca_file = ca_file_;
  const TestCertificate certificate = issued("IP:127.0.0.1");
  expect_error(ask_one_with(certificate, TLS1_1_VERSION), ErrorKind::tls,
               "the server does not speak TLS 1.2 or later");
  EXPECT_TRUE(ask_one_with(certificate, TLS1_2_VERSION));
}

TEST_F(CurlClientTlsTest, SaysThatAPortDoesNotSpeakTls) {
  RawServer server([](RawConnection& connection) {
    connection.read();
    connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  expect_error(ask(get(server.url("https"))), ErrorKind::tls, "the server does not speak TLS on this port");
}

TEST_F(CurlClientTlsTest, SaysThatTheHandshakeWasCutOff) {
  RawServer server([](RawConnection& connection) { connection.read(); });
  expect_error(ask(get(server.url("https"))), ErrorKind::network,
               "the connection was lost in the TLS handshake");
}

TEST_F(CurlClientTlsTest, GivesUpAHandshakeThatHangs) {
  options_.connect_timeout = std::chrono::milliseconds{50};
  RawServer server([](RawConnection& connection) { connection.hang(); });
  expect_error(ask(get(server.url("https"))), ErrorKind::timeout, "no TLS handshake within 50ms");
}

TEST_F(CurlClientTlsTest, SaysThatTheFileOfAuthoritiesCannotBeRead) {
  options_.ca_file = ca_file_ + ".missing";
  const auto response = ask_one_with(issued("IP:127.0.0.1"));
  expect_error(response, ErrorKind::tls, "the file of trusted authorities (ca_file) cannot be read");
}

}  // namespace
}  // namespace iothub

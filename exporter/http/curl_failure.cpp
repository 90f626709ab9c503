#include "http/curl_failure.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include <curl/curl.h>

#include "core/ascii.hpp"
#include "core/duration.hpp"
#include "core/utf8.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestMessage = 300;

// What libcurl and OpenSSL say, and what we say for it.
struct TlsReason {
  std::string_view sign;
  std::string_view words;
};
constexpr std::array<TlsReason, 10> kTlsReasons{{
    {"certificate has expired", "the certificate has expired"},
    {"certificate is not yet valid", "the certificate is not valid yet"},
    {"self-signed certificate in certificate chain", "the certificate is from an unknown authority"},
    {"self-signed certificate", "the certificate is self-signed"},
    {"local issuer certificate", "the certificate is from an unknown authority"},
    {"no alternative certificate subject name", "the certificate is for another host"},
    {"does not match target", "the certificate is for another host"},
    {"hostname mismatch", "the certificate has no subject alternative name"},
    {"protocol version", "the server does not speak TLS 1.2 or later"},
    {"wrong version number", "the server does not speak TLS on this port"},
}};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_tls_failure(const CurlFailure& failure) {
  switch (failure.code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
      return true;
    case CURLE_SSL_CONNECT_ERROR:  // "SSL_connect:" and an unexpected end are a lost connection
      return !contains(failure.detail, "SSL_connect:") && !contains(failure.detail, "unexpected eof");
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:  // with TLS 1.3 the other side refuses us after the handshake
      return contains(failure.detail, " alert ");
    default:
      return false;
  }
}

ErrorKind kind_of(const CurlFailure& failure) {
  if (is_tls_failure(failure)) {
    return ErrorKind::tls;
  }
  switch (failure.code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_PROXY:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return ErrorKind::network;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_WRITE_ERROR:
      return ErrorKind::bad_response;
    default:
      return ErrorKind::internal;
  }
}

std::string timeout_in_words(const CurlFailure& failure, const CurlLimits& limits) {
  if (failure.is_ready) {
    return (failure.has_head ? "the answer was not complete after " : "no answer within ") +
           format_duration(limits.total);
  }
  const std::string within = " within " + format_duration(std::min(limits.connect, limits.total));
  if (!failure.is_resolved) {
    return "the host name was not resolved" + within;
  }
  return (failure.is_connected ? "no TLS handshake" : "no connection") + within;
}

std::string tls_in_words(const CurlFailure& failure) {
  if (failure.code == CURLE_SSL_CACERT_BADFILE) {
    return "the file of trusted authorities (ca_file) cannot be read";
  }
  const auto* const reason =
      std::ranges::find_if(kTlsReasons, [&](const TlsReason& r) { return contains(failure.detail, r.sign); });
  if (reason != kTlsReasons.end()) {
    return std::string(reason->words);
  }
  return "TLS failed: " + failure.detail.substr(failure.detail.rfind(':') + 1);
}

std::string os_error_in_words(int error) {
  std::string words = std::system_category().message(error);
  words.front() = ascii_lower(words.front());
  return words;
}

std::string network_in_words(const CurlFailure& failure, const std::string& host) {
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the host name cannot be resolved";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "the host name of the proxy cannot be resolved";
    case CURLE_COULDNT_CONNECT:
      return (failure.os_error == 0 ? "no connection" : os_error_in_words(failure.os_error)) +
             (contains(failure.detail, "to " + host) ? "" : " (on the way to it, at a proxy)");
    case CURLE_SSL_CONNECT_ERROR:
      return "the connection was lost in the TLS handshake";
    case CURLE_GOT_NOTHING:
      return "the connection was closed without an answer";
    case CURLE_PARTIAL_FILE:
      return "the connection was closed before the answer was complete";
    default:
      break;
  }
  if (contains(failure.detail, "CONNECT")) {
    return "no connection through the proxy: " + failure.detail;
  }
  return (failure.has_head ? "the connection was lost before the answer was complete: "
                           : "the connection was lost before the answer: ") +
         failure.detail;
}

std::string in_words(const CurlFailure& failure, ErrorKind kind, const std::string& host,
                     const CurlLimits& limits) {
  if (kind == ErrorKind::timeout) {
    return timeout_in_words(failure, limits);
  }
  if (kind == ErrorKind::tls) {
    return tls_in_words(failure);
  }
  if (kind == ErrorKind::network) {
    return network_in_words(failure, host);
  }
  if (failure.code == CURLE_UNSUPPORTED_PROTOCOL) {
    return "the answer is not HTTP";
  }
  if (failure.code == CURLE_OUT_OF_MEMORY) {  // what libcurl says of a line that its own limit cuts
    return "the head of the answer is larger than 64 KiB";
  }
  return failure.detail;
}

}  // namespace

Error explain(const CurlFailure& failure, const Url& url, const CurlLimits& limits) {
  const ErrorKind kind = kind_of(failure);
  const std::string words = in_words(failure, kind, url.host, limits);
  return {.kind = kind, .message = url.origin() + ": " + std::string(cut_utf8(words, kLongestMessage))};
}

}  // namespace iothub

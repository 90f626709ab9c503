#include "simulator/client_assertion.hpp"

#include "simulator/azure_dates.hpp"
#include "simulator/base64.hpp"
#include "simulator/client_certificate.hpp"
#include "simulator/letter_case.hpp"
#include "simulator/signature.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kSha1Name = "x5t";
constexpr std::string_view kSha256Name = "x5t#S256";
constexpr std::int64_t kLongestSeconds = std::int64_t{24} * 3600;

// How an assertion is signed, and by which of the certificate's digests it names the certificate.
struct Signing {
  Algorithm algorithm = Algorithm::ps256;
  const EVP_MD* digest = nullptr;
  std::string thumbprint;
};

EntraError unproven(const std::string& reason, const std::string& thumbprint) {
  return {401, "invalid_client", 700027,
          "The certificate that the client assertion names does not prove it. [Reason - " + reason +
              " Thumbprint of key used by client: '" + thumbprint + "'.]"};
}

// Nothing unless the header is one of the two forms, not a mixture.
std::optional<Signing> signing_of(const JsonMembers& header) {
  const std::string sha1 = header.text(kSha1Name);
  const std::string sha256 = header.text(kSha256Name);
  if (header.text("alg") == "PS256" && !sha256.empty() && sha1.empty()) {
    return Signing{.algorithm = Algorithm::ps256, .digest = EVP_sha256(), .thumbprint = sha256};
  }
  if (header.text("alg") == "RS256" && !sha1.empty() && sha256.empty()) {
    return Signing{.algorithm = Algorithm::rs256, .digest = EVP_sha1(), .thumbprint = sha1};
  }
  return std::nullopt;
}

std::optional<EntraError> check_header(const JsonMembers& header, bool rs256_only) {
  if (header.text("typ") != "JWT") {
    return malformed_assertion("Its header does not have the typ JWT.");
  }
  const auto signing = signing_of(header);
  if (!signing || (rs256_only && signing->algorithm != Algorithm::rs256)) {
    return malformed_assertion("Its header is neither PS256 with x5t#S256 nor RS256 with x5t.");
  }
  return std::nullopt;
}

Certificate find_certificate(const Client& client, const Signing& signing) {
  for (const std::string& pem : client.certificates) {
    Certificate certificate = read_certificate(pem);
    if (certificate && thumbprint(certificate.get(), signing.digest) == signing.thumbprint) {
      return certificate;
    }
  }
  return nullptr;
}

// The chain is optional, and its first certificate is the one that signed.
std::optional<EntraError> check_chain(const JsonMembers& header, const Signing& signing) {
  const auto chain = header.lists.find("x5c");
  if (chain == header.lists.end()) {
    return std::nullopt;
  }
  std::string leaf;
  for (const std::string& item : chain->second) {
    const auto der = from_base64(item);
    if (!der) {
      return malformed_assertion("A certificate of its x5c is not base64.");
    }
    leaf = leaf.empty() ? *der : leaf;
  }
  if (leaf.empty() || thumbprint(leaf, signing.digest) != signing.thumbprint) {
    return unproven("The first certificate of x5c is another.", signing.thumbprint);
  }
  return std::nullopt;
}

std::optional<EntraError> check_signature(const Jwt& jwt, const AssertionQuestion& question) {
  const Signing signing = signing_of(jwt.header).value_or(Signing{});
  const Certificate certificate = find_certificate(question.client, signing);
  if (!certificate) {
    return unproven("The key was not found.", signing.thumbprint);
  }
  if (auto error = check_chain(jwt.header, signing)) {
    return error;
  }
  if (!verify(X509_get0_pubkey(certificate.get()), signing.algorithm, jwt.signed_text, jwt.signature)) {
    return unproven("The signature is not the key's.", signing.thumbprint);
  }
  if (!is_valid_at(certificate.get(), question.now)) {
    return unproven("The key used is expired, or is not valid yet.", signing.thumbprint);
  }
  return std::nullopt;
}

std::optional<EntraError> check_names(const JsonMembers& claims, const AssertionQuestion& question) {
  const std::string& id = question.client.id;
  if (!same_name(claims.text("iss"), id) || !same_name(claims.text("sub"), id)) {
    return EntraError{401, "invalid_client", 700021,
                      "The application identifier of the client assertion is not the 'client_id' parameter: "
                      "its iss and sub must both be '" +
                          id + "'."};
  }
  if (claims.text("aud") != question.token_endpoint) {
    return EntraError{401, "invalid_client", 700023,
                      "The audience of the client assertion is '" + claims.text("aud") + "', not '" +
                          question.token_endpoint + "'."};
  }
  return std::nullopt;
}

std::optional<EntraError> check_time(const Jwt& jwt, Time now) {
  const auto from = jwt.claims.number("nbf");
  const auto until = jwt.claims.number("exp");
  if (!from || !until) {
    return malformed_assertion("Its nbf and exp must be whole numbers.");
  }
  const std::int64_t seconds = unix_seconds(now);
  const std::int64_t skew = std::chrono::duration_cast<std::chrono::seconds>(kClockSkew).count();
  if (*until <= seconds || *from > seconds + skew || *until <= *from || *until - *from > kLongestSeconds) {
    return untimely_assertion(jwt, now);
  }
  return std::nullopt;
}

std::optional<EntraError> check_id(const JsonMembers& claims, const Client& client,
                                   std::set<std::string>& used) {
  const std::string id = claims.text("jti");
  if (id.empty()) {
    return malformed_assertion("It has no jti.");
  }
  if (!used.insert(client.id + "/" + id).second) {
    return malformed_assertion("Its jti '" + id + "' was used before.");
  }
  return std::nullopt;
}

std::string date_of(const Jwt& jwt, std::string_view claim) {
  const auto seconds = jwt.claims.number(claim);
  constexpr std::int64_t last = 253'402'300'799;  // of the year 9999
  return seconds && *seconds >= 0 && *seconds <= last ? iso_date(Time{std::chrono::seconds{*seconds}})
                                                      : "unknown";
}

}  // namespace

EntraError malformed_assertion(const std::string& reason) {
  return {400, "invalid_request", 50027, "Invalid JWT token. " + reason};
}

EntraError untimely_assertion(const Jwt& jwt, Time now) {
  return {401, "invalid_client", 700024,
          "Client assertion is not within its valid time range. Current time: " + iso_date(now) +
              ", assertion valid from " + date_of(jwt, "nbf") + ", expiry time of assertion " +
              date_of(jwt, "exp") + "."};
}

bool names_certificate(const Jwt& jwt) {
  return !jwt.header.text(kSha1Name).empty() || !jwt.header.text(kSha256Name).empty();
}

std::optional<EntraError> check_client_assertion(const Jwt& jwt, const AssertionQuestion& question,
                                                 std::set<std::string>& used) {
  if (auto error = check_header(jwt.header, question.rs256_only)) {
    return error;
  }
  if (auto error = check_signature(jwt, question)) {
    return error;
  }
  if (auto error = check_names(jwt.claims, question)) {
    return error;
  }
  if (auto error = check_time(jwt, question.now)) {
    return error;
  }
  return check_id(jwt.claims, question.client, used);
}

}  // namespace azure_simulator

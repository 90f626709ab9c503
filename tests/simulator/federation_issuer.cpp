#include "simulator/federation_issuer.hpp"

#include "simulator/base64.hpp"
#include "simulator/json_text.hpp"

namespace azure_simulator {

std::string FederationIssuer::issue(const FederatedTokenOrder& order, Time now) {
  if (!key_) {
    key_ = make_rsa_key();
  }
  JsonText json;
  json.begin_object().begin_array("aud").text(order.audience).end_array();
  json.number("exp", unix_seconds(now + order.lifetime)).number("iat", unix_seconds(now));
  json.text("iss", order.issuer).text("jti", random_base64url(16));
  json.number("nbf", unix_seconds(now)).text("sub", order.subject).end_object();
  const std::string text =
      base64url(R"({"alg":"RS256","kid":"c2ltdWxhdG9y","typ":"JWT"})") + "." + base64url(json.take());
  return text + "." + base64url(sign(key_.get(), Algorithm::rs256, text));
}

bool FederationIssuer::signed_it(const Jwt& jwt) const {
  return jwt.header.text("alg") == "RS256" &&
         verify(key_.get(), Algorithm::rs256, jwt.signed_text, jwt.signature);
}

}  // namespace azure_simulator

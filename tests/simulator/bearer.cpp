#include "simulator/bearer.hpp"

#include <string_view>

#include "simulator/arm_errors.hpp"
#include "simulator/azure_dates.hpp"
#include "simulator/letter_case.hpp"

namespace azure_simulator {
namespace {

tl::unexpected<Reply> refuse(std::string_view code, const std::string& message,
                             const std::string& challenge) {
  Reply reply = gateway_error(401, code, message);
  reply.headers.emplace_back("WWW-Authenticate", challenge);
  return tl::unexpected<Reply>(std::move(reply));
}

}  // namespace

tl::expected<Token, Reply> check_bearer(const Request& request, const std::string& tenant, const Visit& visit,
                                        const TokenStore& tokens) {
  const std::string authority = visit.origin + "/" + (tenant.empty() ? "common" : tenant);
  const std::string challenge = R"(Bearer authorization_uri=")" + authority + R"(", error="invalid_token", )";
  const std::string_view header = request.header("authorization");
  if (header.empty()) {
    return refuse(
        "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.",
        challenge +
            R"(error_description="The authentication failed because of missing 'Authorization' header.")");
  }
  constexpr std::string_view scheme = "Bearer ";
  if (!same_name(header.substr(0, scheme.size()), scheme)) {
    return refuse("AuthenticationFailedInvalidHeader",
                  "Authentication failed. The 'Authorization' header is provided in an invalid format.",
                  challenge + R"(error_description="The 'Authorization' header is malformed.")");
  }
  const auto token = tokens.find(header.substr(scheme.size()));
  if (!token) {
    return refuse("InvalidAuthenticationToken", "The access token is invalid.",
                  challenge + R"(error_description="Could not parse or validate the access token.")");
  }
  if (visit.now >= token->expires) {
    return refuse("ExpiredAuthenticationToken",
                  "The access token expiry UTC time '" + american_date(token->expires) +
                      "' is earlier than current UTC time '" + american_date(visit.now) + "'.",
                  challenge + R"(error_description="The access token expired.")");
  }
  if (!tenant.empty() && token->tenant != tenant) {
    return refuse("InvalidAuthenticationTokenTenant",
                  "The access token is from the wrong issuer 'https://sts.windows.net/" + token->tenant +
                      "/'. It must match the tenant 'https://sts.windows.net/" + tenant +
                      "/' associated with this subscription.",
                  challenge + R"(error_description="The access token is from the wrong issuer.")");
  }
  return *token;
}

}  // namespace azure_simulator

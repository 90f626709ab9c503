// The token endpoint of Entra ID, or of AD FS, for one application: what all proofs of identity that are made
// here share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/credential.hpp"
#include "http/http_client.hpp"

namespace iothub {

class EntraId {
 public:
  // Of the form, beside the ones that every request has. Values as they are, not percent-encoded.
  using Fields = std::vector<std::pair<std::string_view, std::string>>;

  // The tenant `adfs` stands for an AD FS server, which has another path and asks for a resource in place of
  // a scope.
  EntraId(HttpClient& http, const Clock& clock, const std::string& authority_host,
          const std::string& tenant_id, std::string client_id, std::string scope);

  // What assertions must name as their audience.
  [[nodiscard]] const std::string& token_endpoint() const { return url_; }
  [[nodiscard]] const std::string& client_id() const { return client_id_; }
  [[nodiscard]] bool is_adfs() const { return is_adfs_; }

  // OAuth 2.0 client credentials with `proof`. Errors: see Credential::fetch.
  [[nodiscard]] Result<AccessToken> request_token(const Fields& proof, const std::stop_token& stop);

 private:
  HttpClient& http_;
  const Clock& clock_;
  bool is_adfs_;
  std::string url_;
  std::string client_id_;
  std::string scope_;
};

// The proof by a signed assertion.
EntraId::Fields assertion_proof(std::string assertion);

// What a scope such as https://management.azure.com/.default is about, for services that want a resource.
std::string resource_of(std::string_view scope);

}  // namespace iothub

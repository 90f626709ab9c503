#include "auth/azure_arc_credential.hpp"

#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "auth/identity_request.hpp"
#include "auth/secret_file.hpp"
#include "core/ascii.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLargestKey = 4096;
constexpr std::string_view kScheme = "basic realm=";

// The file that the challenge names: "Basic realm=/var/opt/azcmagent/tokens/….key".
std::optional<std::string> file_of(std::string_view challenge) {
  if (!equals_ignoring_case(challenge.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  challenge.remove_prefix(kScheme.size());
  if (challenge.size() >= 2 && challenge.starts_with('"') && challenge.ends_with('"')) {
    challenge = challenge.substr(1, challenge.size() - 2);
  }
  return std::string(challenge);
}

// Whoever pretends to be the agent must not make us send it any file that we may read.
bool is_allowed(const std::string& file, const std::string& folder) {
  const std::filesystem::path path(file);
  std::error_code error;
  return path.is_absolute() && path.lexically_normal() == path && path.parent_path() == folder &&
         path.extension() == ".key" && !std::filesystem::is_symlink(path, error);
}

Result<Secret> read_key(const HttpResponse& challenge, const std::string& folder) {
  const auto file = file_of(challenge.header("www-authenticate"));
  if (!file) {
    return fail(ErrorKind::bad_response, "Azure Arc's agent sent no challenge that names a key file");
  }
  if (!is_allowed(*file, folder)) {
    return fail(ErrorKind::unauthorized,
                "Azure Arc's challenge names a file that is no .key file in " + folder + ", it is not read");
  }
  auto key = read_secret_file(*file);
  if (key && key->reveal().size() > kLargestKey) {
    return fail(ErrorKind::unauthorized, "the key file of Azure Arc's challenge is larger than 4096 bytes");
  }
  if (!key) {
    key.error().message += " (is the user a member of the group himds?)";
  }
  return key;
}

}  // namespace

AzureArcCredential::AzureArcCredential(HttpClient& http, const Clock& clock, std::string scope,
                                       ManagedIdentityOptions options)
    : http_(http), clock_(clock), scope_(std::move(scope)), options_(std::move(options)) {}

Result<AccessToken> AzureArcCredential::fetch(const std::stop_token& stop) {
  HttpRequest request = identity_request(options_, scope_);
  auto response = http_.send(request, stop);
  if (response && response->status == 401) {
    const auto key = read_key(*response, options_.arc_key_folder);
    if (!key) {
      return fail(key.error());
    }
    request.headers["authorization"] = "Basic " + key->reveal();
    response = http_.send(request, stop);
  }
  if (!response) {
    return fail(std::move(response.error()));
  }
  return parse_identity_answer(*response, options_.source, clock_.wall_now());
}

}  // namespace iothub

#include "auth/azure_cli_credential.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/child_process.hpp"
#include "auth/expiry_time.hpp"
#include "auth/token_response.hpp"
#include "core/ascii.hpp"
#include "http/flat_json.hpp"
#include "http/server_text.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestComplaint = 200;

// `az` is itself a script on most systems, so nothing that a shell would look at may reach it.
bool is_harmless(std::string_view argument) {
  return std::ranges::all_of(argument, [](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) ||
           std::string_view(".:/_-").find(c) != std::string_view::npos;
  });
}

// What `az` complains of: its line that begins with ERROR, or else its last one, for warnings come first.
std::string complaint_of(std::string_view text) {
  std::string_view complaint;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    complaint = line;
    if (line.starts_with("ERROR")) {
      break;
    }
  }
  return complaint.empty() ? "no reason given" : server_text(complaint, kLongestComplaint);
}

std::optional<WallTime> expiry_of(const FlatJson& answer) {
  const auto exact = parse_expiry_time(std::string(answer.text("expires_on")));
  return exact ? exact : parse_local_expiry_time(std::string(answer.text("expiresOn")));
}

}  // namespace

AzureCliCredential::AzureCliCredential(const Clock& clock, std::string scope, AzureCliOptions options,
                                       std::chrono::milliseconds limit)
    : clock_(clock), scope_(std::move(scope)), options_(std::move(options)), limit_(limit) {}

Result<AccessToken> AzureCliCredential::fetch(const std::stop_token& stop) {
  std::vector<std::string> command{"az",      "account", "get-access-token", "--output", "json",
                                   "--scope", scope_};
  if (!options_.tenant_id.empty()) {
    command.insert(command.end(), {"--tenant", options_.tenant_id});
  }
  if (!std::ranges::all_of(command, is_harmless)) {
    return fail(ErrorKind::bad_config, "the scope or the tenant has characters that az is not given");
  }
  const auto output = run_process(std::move(command), limit_, clock_, stop);
  if (!output) {
    Error error = output.error();
    error.kind = error.kind == ErrorKind::not_found ? ErrorKind::unauthorized : error.kind;
    return fail(std::move(error));
  }
  if (output->exit_code != 0) {
    return fail(ErrorKind::unauthorized,
                "az ended with code " + std::to_string(output->exit_code) + ": " + complaint_of(output->err));
  }
  const auto answer = FlatJson::parse(output->out);
  if (!answer) {
    return fail(ErrorKind::unauthorized,
                "az printed something else than a token (not shown, it may hold one)");
  }
  const std::string_view token = answer->text("accessToken");
  const auto expires_at = expiry_of(*answer);
  const auto life =
      std::chrono::floor<std::chrono::seconds>(expires_at.value_or(WallTime{}) - clock_.wall_now());
  if (!is_sendable_token(token) || life.count() <= 0) {
    return fail(ErrorKind::unauthorized, "az printed no usable accessToken, or one that has expired");
  }
  return AccessToken{.value = Secret(std::string(token)),
                     .lifetime = std::min<std::chrono::seconds>(life, kLongestTokenLife),
                     .method = "azure_cli"};
}

}  // namespace iothub

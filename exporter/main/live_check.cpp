#include "main/live_check.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "auth/make_credential.hpp"
#include "auth/token_cache.hpp"
#include "azure/arm_client.hpp"
#include "azure/read_allowance.hpp"
#include "core/duration.hpp"

namespace iothub {

namespace {

constexpr std::string_view kReadHub = "Microsoft.Devices/iotHubs/Read";
constexpr std::string_view kReadJobs = "Microsoft.Devices/iotHubs/jobs/Read";
constexpr std::string_view kReadBoth =
    "Microsoft.Devices/iotHubs/Read and Microsoft.Devices/iotHubs/jobs/Read";

std::string resource_id(const HubId& hub) {
  return "/subscriptions/" + hub.subscription_id + "/resourceGroups/" + hub.resource_group +
         "/providers/Microsoft.Devices/IotHubs/" + hub.name;
}

// What must be done about `error`, which reading something met that needs `actions`.
std::string remedy(const Error& error, std::string_view actions, const HubId& hub) {
  switch (error.kind) {
    case ErrorKind::forbidden:
      return "no permission for " + std::string(actions) + " on the scope " + resource_id(hub) +
             "; assign a role with it, such as Reader or config/azure-role.json (" + error.message + ")";
    case ErrorKind::not_found:
      return "there is no " + resource_id(hub) + " (" + error.message + ")";
    default:
      return error.message;
  }
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

class LiveCheck {
 public:
  LiveCheck(const Config& config, HttpClient& http, const Clock& clock, std::ostream& report,
            std::stop_token stop)
      : config_(config),
        http_(http),
        clock_(clock),
        report_(report),
        stop_(std::move(stop)),
        arm_(config.cloud, http, nullptr),
        reads_(config.poll.reads, clock, nullptr) {}

  bool run() {
    for (const CredentialOptions& options : config_.credentials) {
      check(options);
    }
    for (const HubOptions& hub : config_.hubs) {
      check(hub);
    }
    return all_good_ && !stop_.stop_requested();
  }

 private:
  void check(const CredentialOptions& options) {
    auto& cache = tokens_[options.name];
    cache = std::make_unique<TokenCache>(options.name, make_credential(options, http_, clock_), clock_,
                                         [this](const TokenEvent& fetched) { fetched_ = fetched; });
    const auto token = cache->token(stop_);
    if (!token) {
      cache.reset();
      tell(token.error().message, false);
      return;
    }
    const auto life = std::chrono::ceil<std::chrono::seconds>(*fetched_.expires_at - clock_.wall_now());
    tell("credential " + options.name + ": good, by " + std::string(fetched_.method) +
             ", its token lives for " + format_duration(life),
         true);
  }

  void check(const HubOptions& options) {
    const HubId& hub = options.id;
    const std::string name = "hub " + hub.name + ": ";
    const auto& token = tokens_.at(options.credential);
    if (!token) {
      tell(name + "not asked, the credential " + options.credential + " has no token", false);
      return;
    }
    const ArmCaller caller{.token = *token, .reads = reads_.of(hub.subscription_id, options.credential)};
    const CallLimits limits{.deadline = clock_.steady_now() + config_.poll.request_timeout, .stop = stop_};
    const auto facts = arm_.get_hub(hub, caller, limits);
    if (!facts && facts.error().kind != ErrorKind::forbidden) {
      tell(name + remedy(facts.error(), kReadHub, hub), false);
      return;
    }
    if (facts && !is_active(*facts)) {
      tell(name + "good, but its state is " + facts->state + ", so that it has no jobs to read", true);
      return;
    }
    const auto jobs = arm_.first_jobs(hub, caller, limits);
    if (!jobs) {
      const bool lacks_both = !facts && jobs.error().kind == ErrorKind::forbidden;
      tell(name + remedy(jobs.error(), lacks_both ? kReadBoth : kReadJobs, hub), false);
    } else if (!facts) {
      tell(name + "its jobs can be read, but " + remedy(facts.error(), kReadHub, hub), false);
    } else {
      tell(name + "good, " + counted(jobs->jobs.size(), "job") +
               (jobs->next_link.empty() ? "" : " on the first page"),
           true);
    }
  }

  void tell(const std::string& line, bool is_good) {
    if (stop_.stop_requested()) {
      return;
    }
    report_ << line << std::endl;  // one at a time, for asking may take long
    all_good_ = all_good_ && is_good;
  }

  const Config& config_;
  HttpClient& http_;
  const Clock& clock_;
  std::ostream& report_;
  std::stop_token stop_;
  ArmClient arm_;
  ReadAllowances reads_;
  TokenEvent fetched_;                                         // the last token
  std::map<std::string, std::unique_ptr<TokenCache>> tokens_;  // null: there is no token to be had
  bool all_good_ = true;
};

}  // namespace

bool check_live(const Config& config, HttpClient& http, const Clock& clock, std::ostream& report,
                const std::stop_token& stop) {
  return LiveCheck(config, http, clock, report, stop).run();
}

}  // namespace iothub

#include "azure/arm_client.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "azure/arm_error.hpp"
#include "azure/hub_json.hpp"
#include "http/retry_after.hpp"

namespace iothub {

namespace {

constexpr std::size_t kMaxPages = 1'000;
constexpr std::size_t kMaxJobs = 200'000;

constexpr std::chrono::seconds kPauseIfUnsaid{10};  // after a 429 without Retry-After

constexpr std::string_view kQuotaPrefix = "x-ms-ratelimit-remaining-";

// The one of them that ReadAllowance keeps: this client's reads of the subscription.
constexpr std::string_view kOwnReads = "subscription-reads";

// The budgets that reads of IoT Hub can draw on (Azure's "Throttling Resource Manager requests"). A closed
// list: the names become label values.
constexpr std::array<std::string_view, 4> kQuotaScopes{kOwnReads, "subscription-global-reads",
                                                       "subscription-resource-requests",
                                                       "subscription-resource-entities-read"};

// A refusal for throttling is the pause that it began, which ReadAllowance tells of.
Error refusal_of(const HttpResponse& response) {
  Error error = arm_error(response);
  error.is_told = error.kind == ErrorKind::throttled;
  return error;
}

}  // namespace

ArmClient::ArmClient(const CloudOptions& cloud, HttpClient& http, QuotaObserver observer)
    : endpoint_(cloud.resource_manager_endpoint),
      api_version_(cloud.api_version),
      http_(http),
      observer_(std::move(observer)) {}

Result<std::optional<SingleJob>> ArmClient::get_job(const HubId& hub, std::string_view job_id,
                                                    const ArmCaller& caller, const CallLimits& limits) {
  const std::string what = "get job " + std::string(job_id);
  const auto response =
      get({"get_job", hub_url(hub, "/jobs/" + percent_encoded(job_id)), hub.subscription_id}, caller, limits);
  if (!response) {
    return fail(Error(response.error()).within(what));
  }
  if (says_no_such_job(*response)) {
    return std::nullopt;
  }
  if (response->status != 200) {
    return fail(refusal_of(*response).within(what));
  }
  auto parsed = parse_job(response->body);
  if (!parsed) {
    return fail(std::move(parsed.error()).within(what));
  }
  parsed->job.id = job_id;
  return std::optional(std::move(*parsed));
}

Result<JobList> ArmClient::list_jobs(const HubId& hub, const ArmCaller& caller, const CallLimits& limits) {
  JobList all;
  std::set<std::string> seen;
  std::string url = hub_url(hub, "/jobs");
  while (!url.empty()) {
    const std::string what =
        seen.empty() ? "list jobs" : "list jobs, page " + std::to_string(seen.size() + 1);
    if (seen.size() == kMaxPages || all.jobs.size() > kMaxJobs || !seen.insert(url).second) {
      return fail(ErrorKind::bad_response, what + ": the list does not end");
    }
    auto page = get_job_page({"list_jobs", url, hub.subscription_id}, caller, limits);
    if (!page) {
      return fail(std::move(page.error()).within(what));
    }
    std::ranges::move(page->jobs, std::back_inserter(all.jobs));
    std::ranges::move(page->oddities, std::back_inserter(all.oddities));
    url = std::move(page->next_link);
  }
  return all;
}

Result<JobPage> ArmClient::first_jobs(const HubId& hub, const ArmCaller& caller, const CallLimits& limits) {
  return get_job_page({"list_jobs", hub_url(hub, "/jobs"), hub.subscription_id}, caller, limits)
      .map_error([](Error error) { return std::move(error).within("list jobs"); });
}

Result<JobPage> ArmClient::get_job_page(const Call& call, const ArmCaller& caller, const CallLimits& limits) {
  const auto response = get(call, caller, limits);
  if (!response) {
    return fail(response.error());
  }
  if (response->status != 200) {
    return fail(refusal_of(*response));
  }
  auto page = parse_job_page(response->body);
  if (!page) {
    return page;
  }
  if (auto allowed = check_link(page->next_link); !allowed) {
    return fail(std::move(allowed.error()));
  }
  return page;
}

Result<Hub> ArmClient::get_hub(const HubId& hub, const ArmCaller& caller, const CallLimits& limits) {
  const auto response = get({"get_hub", hub_url(hub, ""), hub.subscription_id}, caller, limits);
  if (!response) {
    return fail(Error(response.error()).within("get hub"));
  }
  if (response->status != 200) {
    return fail(refusal_of(*response).within("get hub"));
  }
  auto parsed = parse_hub(response->body);
  if (!parsed) {
    return fail(std::move(parsed.error()).within("get hub"));
  }
  return parsed;
}

std::string ArmClient::hub_url(const HubId& hub, std::string_view below) const {
  return endpoint_ + "/subscriptions/" + percent_encoded(hub.subscription_id) + "/resourceGroups/" +
         percent_encoded(hub.resource_group) + "/providers/Microsoft.Devices/IotHubs/" +
         percent_encoded(hub.name) + std::string(below) + "?api-version=" + percent_encoded(api_version_);
}

Result<HttpResponse> ArmClient::get(const Call& call, const ArmCaller& caller, const CallLimits& limits) {
  const auto bearer = caller.token.token(limits.stop);
  if (!bearer) {
    return fail(bearer.error());
  }
  auto response = send(call, *bearer, caller.reads, limits);
  if (!response || response->status != 401) {
    return response;
  }
  const auto other = caller.token.token_after(*bearer, limits.stop);
  if (!other) {
    return fail(other.error());
  }
  return *other == *bearer ? response : send(call, *other, caller.reads, limits);
}

Result<HttpResponse> ArmClient::send(const Call& call, const Secret& bearer, ReadAllowance& reads,
                                     const CallLimits& limits) {
  if (auto taken = reads.take(limits); !taken) {
    return fail(std::move(taken.error()));
  }
  const HttpRequest request{
      .method = "GET",
      .url = call.url,
      .headers = {{"accept", "application/json"}, {"authorization", "Bearer " + bearer.reveal()}},
      .body = {},
      .api = call.api,
      .deadline = limits.deadline,
      .retry = RetryRule::service_but_throttling};
  auto response = http_.send(request, limits.stop);
  if (response) {
    note_quota(call, *response, reads);
  }
  return response;
}

// The bearer token goes wherever the link points to.
Result<void> ArmClient::check_link(const std::string& link) const {
  if (link.empty()) {
    return {};
  }
  const auto own = parse_url(endpoint_);
  const auto next = parse_url(link);
  if (!own || !next || !same_origin(*own, *next)) {
    return fail(ErrorKind::bad_response, "nextLink leads away from " + endpoint_ +
                                             (next ? " to " + next->origin() : "") + ", not followed");
  }
  return {};
}

void ArmClient::note_quota(const Call& call, const HttpResponse& response, ReadAllowance& reads) const {
  for (const std::string_view scope : kQuotaScopes) {
    const std::string_view text = response.header(std::string(kQuotaPrefix) + std::string(scope));
    std::int64_t remaining = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), remaining);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
      continue;
    }
    if (scope == kOwnReads) {
      reads.saw_remaining(remaining);
    }
    if (observer_) {
      observer_({std::string(call.subscription_id), scope, remaining});
    }
  }
  if (response.status == 429) {
    reads.pause(retry_after(response).value_or(kPauseIfUnsaid));
  }
}

}  // namespace iothub

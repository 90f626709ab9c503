// The calls of Azure Resource Manager that we need, for api-version 2023-06-30 and its like: Get Job, List
// Jobs and Get Hub of Microsoft.Devices. One try each, except that a token which ARM refuses is renewed once.
// Each try takes a read from the caller's ReadAllowance, which learns from the answer what ARM still allows.
//
// May be called from several threads at once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/token_cache.hpp"
#include "azure/call_limits.hpp"
#include "azure/cloud_options.hpp"
#include "azure/read_allowance.hpp"
#include "core/result.hpp"
#include "http/http_client.hpp"
#include "http/url.hpp"
#include "job/hub.hpp"
#include "job/job_json.hpp"

namespace iothub {

// How many more reads ARM allows, as it said in an answer. Not monotonic: each of ARM's instances counts by
// itself.
struct QuotaReading {
  std::string subscription_id;
  std::string_view
      scope;  // "subscription-reads", … : what follows x-ms-ratelimit-remaining- in the header's name
  std::int64_t remaining;
};

// Who asks: a credential's token, and what is left of its reads of the hub's subscription.
struct ArmCaller {
  TokenCache& token;
  ReadAllowance& reads;
};

struct JobList {
  std::vector<Job> jobs;
  std::vector<Oddity> oddities;
};

class ArmClient {
 public:
  using QuotaObserver = std::function<void(const QuotaReading&)>;

  // `observer` may be empty; it is called from whichever thread made the call.
  ArmClient(const CloudOptions& cloud, HttpClient& http, QuotaObserver observer);

  // Nothing if Azure says that the hub has no such job (any more). Errors: those of TokenCache::token,
  // ReadAllowance::take, HttpClient::send, arm_error and parse_job.
  [[nodiscard]] Result<std::optional<SingleJob>> get_job(const HubId& hub, std::string_view job_id,
                                                         const ArmCaller& caller, const CallLimits& limits);

  // All pages or nothing. A link to another origin, a loop, more than 1,000 pages or 200,000 jobs are
  // bad_response.
  [[nodiscard]] Result<JobList> list_jobs(const HubId& hub, const ArmCaller& caller,
                                          const CallLimits& limits);

  // The first page only: whether jobs may be read at all.
  [[nodiscard]] Result<JobPage> first_jobs(const HubId& hub, const ArmCaller& caller,
                                           const CallLimits& limits);

  [[nodiscard]] Result<Hub> get_hub(const HubId& hub, const ArmCaller& caller, const CallLimits& limits);

 private:
  struct Call {
    std::string_view api;
    std::string url;
    std::string_view subscription_id;
  };

  [[nodiscard]] std::string hub_url(const HubId& hub, std::string_view below) const;
  [[nodiscard]] Result<JobPage> get_job_page(const Call& call, const ArmCaller& caller,
                                             const CallLimits& limits);
  [[nodiscard]] Result<HttpResponse> get(const Call& call, const ArmCaller& caller, const CallLimits& limits);
  [[nodiscard]] Result<HttpResponse> send(const Call& call, const Secret& bearer, ReadAllowance& reads,
                                          const CallLimits& limits);
  [[nodiscard]] Result<void> check_link(const std::string& link) const;
  void note_quota(const Call& call, const HttpResponse& response, ReadAllowance& reads) const;

  std::string endpoint_;
  std::string api_version_;
  HttpClient& http_;
  QuotaObserver observer_;
};

}  // namespace iothub

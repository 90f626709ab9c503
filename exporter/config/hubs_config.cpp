#include <algorithm>
#include <array>
#include <set>

#include "config/azure_names.hpp"
#include "config/nearest.hpp"
#include "config/sections.hpp"
#include "core/ascii.hpp"
#include "core/duration.hpp"

namespace iothub {

namespace {

constexpr std::size_t kLongestJobId = 256;

std::optional<std::string> read_name(const Section& section, std::string_view key,
                                     bool (*is_valid)(std::string_view), std::string_view expected) {
  const auto value = section.find(key);
  if (!value) {
    if (section.lacks(key)) {
      section.value().complain(
          std::string(key) +
          " is missing, expected subscription_id, resource_group and name, or resource_id alone");
    }
    return std::nullopt;
  }
  auto text = value->text(expected);
  if (text && !is_valid(*text)) {
    value->refuse(expected);
    return std::nullopt;
  }
  return text;
}

std::optional<HubId> read_parts(const Section& section) {
  auto subscription_id = read_name(section, "subscription_id", is_guid, kExpectedGuid);
  auto resource_group = read_name(section, "resource_group", is_resource_group, kExpectedResourceGroup);
  auto name = read_name(section, "name", is_hub_name, kExpectedHubName);
  if (!subscription_id || !resource_group || !name) {
    return std::nullopt;
  }
  return HubId{.subscription_id = *std::move(subscription_id),
               .resource_group = *std::move(resource_group),
               .name = *std::move(name)};
}

std::optional<HubId> read_resource_id(const Value& value) {
  const auto text = value.text(kExpectedResourceId);
  if (!text) {
    return std::nullopt;
  }
  auto id = parse_hub_resource_id(*text);
  if (!id) {
    value.refuse(id.error());
    return std::nullopt;
  }
  return *std::move(id);
}

std::optional<HubId> read_hub_id(const Section& section) {
  const auto resource_id = section.find("resource_id");
  bool has_parts = false;
  for (const std::string_view key : {"subscription_id", "resource_group", "name"}) {
    const auto part = section.find(key);
    if (part && resource_id) {
      part->complain("found beside resource_id, expected one way to name the hub");
      return std::nullopt;
    }
    has_parts = has_parts || part.has_value();
  }
  if (resource_id) {
    return read_resource_id(*resource_id);
  }
  if (has_parts) {
    return read_parts(section);
  }
  const bool is_slip = !section.lacks("resource_id") || !section.lacks("subscription_id") ||
                       !section.lacks("resource_group") || !section.lacks("name");
  if (section.is_map() && !is_slip) {
    section.value().complain(
        "the hub is not named, expected resource_id, or subscription_id, resource_group and name");
  }
  return std::nullopt;
}

std::vector<std::string> read_jobs(const Section& section) {
  std::vector<std::string> jobs;
  const auto list = section.find("jobs");
  if (!list) {
    return jobs;
  }
  std::set<std::string> known;
  for (const Value& item : list->items("a list of job ids")) {
    auto id = item.text("a job id");
    if (!id) {
      continue;
    }
    if (id->size() > kLongestJobId) {
      item.refuse("a job id of at most " + std::to_string(kLongestJobId) + " bytes");
    } else if (!known.insert(ascii_lower(*id)).second) {
      item.refuse("each job id once, regardless of case");
    } else {
      jobs.push_back(*std::move(id));
    }
  }
  return jobs;
}

std::optional<JobType> read_job_type(const Section& section) {
  static_assert(kJobTypeNames.back().first == JobType::other, "the one that is not Azure's");
  std::array<std::string_view, kJobTypeNames.size() - 1> names;
  std::ranges::transform(kJobTypeNames.begin(), kJobTypeNames.end() - 1, names.begin(),
                         [](const auto& row) { return row.second; });
  const std::string expected = listed({names.begin(), names.end()}, "or");
  const auto value = section.find("job_type");
  if (!value) {
    if (section.is_map() && section.lacks("job_type")) {
      section.value().complain("job_type is missing, expected " + expected);
    }
    return std::nullopt;
  }
  const auto name = value->text(expected);
  if (!name) {
    return std::nullopt;
  }
  const JobType type = parse_job_type(*name);
  if (type == JobType::other) {
    value->refuse(expected + did_you_mean(*name, names));
    return std::nullopt;
  }
  return type;
}

std::optional<std::chrono::milliseconds> read_max_duration(const Section& section) {
  const auto value = section.find("max_duration");
  return value ? value->duration() : std::nullopt;
}

// Azure forgets a job after 30 days, and then nobody could tell a late one from one that never was.
constexpr int kMostDays = 28;

std::optional<std::chrono::milliseconds> read_completed_within(const Section& section) {
  const auto value = section.find("completed_within");
  const auto interval = value ? value->duration() : std::nullopt;
  if (interval && *interval > std::chrono::days{kMostDays}) {
    value->refuse("at most " + std::to_string(kMostDays) + "d, as Azure forgets a job after 30d");
  }
  return interval;
}

std::optional<Expectation> read_expectation(const Value& value) {
  const Section section(value, keys::kExpect);
  if (value.is_null()) {
    value.refuse("a map with job_type, and completed_within or max_duration");
    return std::nullopt;
  }
  const auto type = read_job_type(section);
  const auto completed_within = read_completed_within(section);
  const auto max_duration = read_max_duration(section);
  if (section.is_map() && section.lacks("completed_within") && section.lacks("max_duration")) {
    value.complain("completed_within and max_duration are missing, expected one of them or both");
    return std::nullopt;
  }
  if (!type) {
    return std::nullopt;
  }
  return Expectation{.job_type = *type, .completed_within = completed_within, .max_duration = max_duration};
}

std::vector<Expectation> read_expectations(const Section& section) {
  std::vector<Expectation> expectations;
  const auto list = section.find("expect");
  if (!list) {
    return expectations;
  }
  std::map<JobType, int> lines;
  for (const Value& item :
       list->items("a list of maps with job_type, and completed_within or max_duration")) {
    auto expectation = read_expectation(item);
    if (!expectation) {
      continue;
    }
    const auto [first, is_new] = lines.try_emplace(expectation->job_type, item.at().line);
    if (is_new) {
      expectations.push_back(*expectation);
    } else {
      item.complain("found " + std::string(to_string(expectation->job_type)) +
                    " a second time, expected each job_type once; the first is in line " +
                    std::to_string(first->second));
    }
  }
  return expectations;
}

void read_intervals(const Section& section, const PollingConfig& polling, HubOptions& hub) {
  const auto interval = section.duration("interval", polling.interval.value);
  const auto active = section.duration("active_interval", polling.active_interval.value);
  require_a_second(interval);
  require_a_second(active);
  hub.interval = interval.value;
  hub.active_interval = active.source ? active.value : std::min(active.value, interval.value);
  const bool interval_is_good = interval.is_good && (interval.source || polling.interval.is_good);
  if (active.is_given() && interval_is_good && active.value > interval.value) {
    active.source->refuse("at most the hub's interval, which is " + format_duration(interval.value));
  }
  if (interval.is_given() && polling.stale_after.is_good && interval.value > polling.stale_after.value) {
    interval.source->refuse("at most polling.stale_after, which is " +
                            format_duration(polling.stale_after.value) +
                            (polling.stale_after.source ? "" : " by default"));
  }
}

class HubReader {
 public:
  HubReader(const PollingConfig& polling, const AzureConfig& azure, CredentialsConfig& credentials)
      : polling_(polling), azure_(azure), credentials_(credentials) {}

  std::optional<HubOptions> read(const Value& value) {
    if (value.is_null()) {
      value.refuse("a map with resource_id, or with subscription_id, resource_group and name");
      return std::nullopt;
    }
    const Section section(value, keys::kHub);
    if (!section.is_map()) {
      return std::nullopt;
    }
    auto id = read_hub_id(section);
    HubOptions hub;
    hub.credential = read_credential_name(section);
    read_intervals(section, polling_, hub);
    hub.jobs = read_jobs(section);
    hub.expect = read_expectations(section);
    if (!id || collides(value, *id)) {
      return std::nullopt;
    }
    hub.id = *std::move(id);
    return hub;
  }

 private:
  std::string read_credential_name(const Section& section) {
    const auto value = section.find("credential");
    if (!value) {
      if (section.lacks("credential")) {
        add_default(section.value());
      }
      return "default";
    }
    const auto name = value->text("the name of a credential");
    if (!name || !credentials_.is_readable || credentials_.by_name.contains(*name)) {
      return name.value_or("");
    }
    if (*name == "default") {
      add_default(*value);
      return *name;
    }
    std::vector<std::string_view> known{"default"};
    for (const auto& [other, options] : credentials_.by_name) {
      known.push_back(other);
    }
    value->refuse("the name of one under credentials" + did_you_mean(*name, known));
    return *name;
  }

  // `default` may be left out of the file.
  void add_default(const Value& user) {
    if (!credentials_.is_readable || credentials_.by_name.contains("default")) {
      return;
    }
    auto credential = auto_credential("default", user.context(), azure_);
    if (credential) {
      credentials_.by_name["default"] = *std::move(credential);
      return;
    }
    credentials_.by_name["default"] = std::nullopt;
    user.complain("uses credentials.default, which is not in this file and so is of type auto: " +
                  credential.error());
  }

  bool collides(const Value& value, const HubId& id) {
    const auto [first, is_new] = lines_.try_emplace(ascii_lower(id.name), value.at().line);
    if (!is_new) {
      value.complain("found the hub name " + yaml::quote(id.name) + ", which the hub in line " +
                     std::to_string(first->second) +
                     " has already; expected names that differ in more than case");
    }
    return !is_new;
  }

  const PollingConfig& polling_;
  const AzureConfig& azure_;
  CredentialsConfig& credentials_;
  std::map<std::string, int> lines_;  // of each hub's name in lower case
};

}  // namespace

std::vector<HubOptions> read_hubs(const Value& value, const PollingConfig& polling, const AzureConfig& azure,
                                  CredentialsConfig& credentials) {
  std::vector<HubOptions> hubs;
  if (value.is_empty()) {
    value.complain("found none, expected at least one hub to watch");
    return hubs;
  }
  HubReader reader(polling, azure, credentials);
  for (const Value& item : value.items("a list of hubs")) {
    if (auto hub = reader.read(item)) {
      hubs.push_back(*std::move(hub));
    }
  }
  return hubs;
}

}  // namespace iothub

#include "simulator/scenario_loader.hpp"

#include <algorithm>

#include "simulator/route.hpp"
#include "simulator/scenario_parts.hpp"

namespace azure_simulator {
namespace {

Hub read_hub(YamlMap& map) {
  Hub hub;
  hub.name = map.required("name");
  map.read("location", hub.location);
  map.read("sku", hub.sku);
  map.read("capacity", hub.capacity);
  map.read("state", hub.state);
  for (const auto& [key, value] : map.pairs("tags")) {
    hub.tags[key] = value;
  }
  for (YamlMap& job : map.maps("jobs", "a job")) {
    read_job(job, hub);
  }
  map.finish();
  return hub;
}

Subscription read_subscription(YamlMap& map, const std::vector<Tenant>& tenants) {
  Subscription subscription;
  subscription.id = required_guid(map);
  map.read("name", subscription.name);
  map.read("tenant", subscription.tenant);
  if (subscription.tenant.empty() && !tenants.empty()) {
    subscription.tenant = tenants.front().id;
  }
  if (std::ranges::find(tenants, subscription.tenant, &Tenant::id) == tenants.end()) {
    map.problem("'" + subscription.tenant + "' is not the id of a tenant of this scenario");
  }
  for (YamlMap& group_map : map.maps("groups", "a resource group")) {
    ResourceGroup group;
    group.name = group_map.required("name");
    for (YamlMap& hub : group_map.maps("hubs", "a hub")) {
      group.hubs.push_back(read_hub(hub));
    }
    group_map.finish();
    subscription.groups.push_back(std::move(group));
  }
  map.finish();
  return subscription;
}

void read_latency(YamlMap& map, Scenario& scenario) {
  const auto node = map.take("latency");
  if (!node) {
    return;
  }
  YamlMap latency(*node, "latency", map.problems());
  for (const auto& entry : *node) {
    const std::string operation = entry.first.IsScalar() ? entry.first.Scalar() : "";
    if (is_operation(operation)) {
      latency.read(operation, scenario.latency[operation]);
    }
  }
  latency.finish();
}

void read_throttling(YamlMap& map, Throttling& throttling) {
  if (const auto node = map.take("throttling")) {
    YamlMap limits(*node, "throttling", map.problems());
    limits.read("reads", throttling.reads);
    limits.read("reads_per_second", throttling.reads_per_second);
    limits.read("enforced", throttling.enforced);
    limits.finish();
  }
}

void read_arc(YamlMap& map, Scenario& scenario) {
  if (const auto node = map.take("arc")) {
    YamlMap agent(*node, "arc", map.problems());
    scenario.arc.emplace().key_folder = agent.required("key_folder");
    agent.read("realm", scenario.arc->realm);
    agent.finish();
  }
}

void read_identities(YamlMap& map, Scenario& scenario) {
  for (YamlMap& identity : map.maps("identities", "an identity")) {
    scenario.identities.push_back(read_identity(identity, scenario.tenants));
  }
  if (std::ranges::count(scenario.identities, true, &ManagedIdentity::system_assigned) > 1) {
    map.problem("only one of the identities can be system assigned");
  }
  map.read("identity_header", scenario.identity_header);
  read_arc(map, scenario);
}

void read_page_size(YamlMap& map, Scenario& scenario) {
  if (const auto node = map.take("page_size")) {
    YamlMap sizes(*node, "page_size", map.problems());
    scenario.jobs_page_size = sizes.count("jobs").value_or(0);
    scenario.hubs_page_size = sizes.count("hubs").value_or(0);
    sizes.finish();
  }
}

Scenario read_scenario(YamlMap& map) {
  Scenario scenario;
  map.read("seed", scenario.seed);
  map.read("time_scale", scenario.time_scale);
  if (!(scenario.time_scale > 0)) {
    map.problem("`time_scale` must be more than 0");
  }
  map.read("null_members", scenario.null_members);
  map.read("retention", scenario.retention);
  read_page_size(map, scenario);
  read_latency(map, scenario);
  read_throttling(map, scenario.throttling);
  for (YamlMap& tenant : map.maps("tenants", "a tenant")) {
    scenario.tenants.push_back(read_tenant(tenant));
  }
  scenario.loop_limit = map.count("loop_limit").value_or(0);
  read_identities(map, scenario);
  for (YamlMap& subscription : map.maps("subscriptions", "a subscription")) {
    scenario.subscriptions.push_back(read_subscription(subscription, scenario.tenants));
  }
  for (YamlMap& fault : map.maps("faults", "a fault")) {
    scenario.faults.push_back(read_fault(fault));
  }
  map.finish();
  return scenario;
}

// Runs `read` over the document and gathers its problems; yaml-cpp's exceptions end here.
template <typename Part, typename Read>
tl::expected<Part, std::string> load(std::string_view yaml, const std::string& file, Read read) {
  Problems problems(file);
  try {
    const YAML::Node document = YAML::Load(std::string(yaml));
    Part part = read(document, problems);
    if (problems.empty()) {
      return part;
    }
  } catch (const YAML::Exception& error) {
    problems.add(error.mark.is_null() ? YAML::Mark{} : error.mark, error.msg);
  }
  return tl::unexpected<std::string>(problems.text());
}

}  // namespace

tl::expected<Scenario, std::string> load_scenario(std::string_view yaml, const std::string& file) {
  return load<Scenario>(yaml, file, [](const YAML::Node& document, Problems& problems) {
    YamlMap map(document, "a scenario", problems);
    return read_scenario(map);
  });
}

tl::expected<std::vector<Fault>, std::string> load_faults(std::string_view yaml, const std::string& file) {
  return load<std::vector<Fault>>(yaml, file, [](const YAML::Node& document, Problems& problems) {
    YAML::Node wrapped;
    wrapped["faults"] = document;
    YamlMap map(document.IsSequence() ? wrapped : document, "the faults", problems);
    std::vector<Fault> faults;
    for (YamlMap& fault : map.maps("faults", "a fault")) {
      faults.push_back(read_fault(fault));
    }
    map.finish();
    return faults;
  });
}

tl::expected<JobOrder, std::string> load_job_order(std::string_view yaml, const std::string& file) {
  return load<JobOrder>(yaml, file, [](const YAML::Node& document, Problems& problems) {
    YamlMap map(document, "a job", problems);
    JobOrder order{.hub = map.required("hub"), .job = read_planned_job(map)};
    if (order.job.every > Duration{0} || order.job.starts_in > Duration{0}) {
      map.problem("a job that is added now cannot have `every` or `starts_in`");
    }
    map.finish();
    return order;
  });
}

tl::expected<ClientChange, std::string> load_client_change(std::string_view yaml, const std::string& file) {
  return load<ClientChange>(yaml, file, [](const YAML::Node& document, Problems& problems) {
    YamlMap map(document, "a client", problems);
    return read_client_change(map);
  });
}

tl::expected<FederatedTokenOrder, std::string> load_federated_token_order(std::string_view yaml,
                                                                          const std::string& file) {
  return load<FederatedTokenOrder>(yaml, file, [](const YAML::Node& document, Problems& problems) {
    YamlMap map(document, "a federated token", problems);
    FederatedTokenOrder order{.issuer = map.required("issuer"), .subject = map.required("subject")};
    map.read("audience", order.audience);
    map.read("lifetime", order.lifetime);
    map.finish();
    return order;
  });
}

}  // namespace azure_simulator

#include "simulator/default_scenario.hpp"

namespace azure_simulator {
namespace {

constexpr std::string_view kYaml =
    R"yaml(# Three subscriptions, eight hubs. Something happens every few seconds, and something is wrong in every way that there is:
# jobs fail for every class of reasons, one hangs, one was not submitted, a hub refuses us and a subscription throttles.
seed: demo
latency: {token: [30ms, 90ms], list_jobs: [20ms, 120ms], get_job: [15ms, 60ms], get_hub: [15ms, 60ms]}
tenants:
  - id: 6f1a2c5e-0b7d-4b8e-9c34-1d2e3f405162
    domain: contoso.onmicrosoft.com
    clients:
      - id: 0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f
        secret: demo~Secret.of_the-simulator
subscriptions:
  - id: 3b1f9a52-7c48-4d06-8e15-5a90c2d4e7f1
    name: Contoso Production
    groups:
      - name: plant-floor
        hubs:
          - name: contoso-assembly
            location: westeurope
            sku: S2
            capacity: 2
            tags: {environment: production, team: assembly}
            jobs:
              - type: export
                every: 75s
                began_ago: 2h
                enqueued_for: [4s, 10s]
                runs_for: [15s, 40s]
                outcomes: [completed, completed, completed, failed]
                failure_reason: "The job could not write to the output container: the SAS token has expired."
              - {type: backup, ended_ago: 5h, duration: 3m}
              - {type: firmwareUpdate, ended_ago: 7h, duration: 42m, status: failed, failure_reason: "17 devices did not report back."}
              - {type: export, ended_ago: 26h, duration: 95s}
              - {type: export, ended_ago: 50h, duration: 88s}
          - name: contoso-packaging
            location: northeurope
            tags: {environment: production, team: packaging}
            jobs:
              - type: import
                every: 100s
                began_ago: 1h
                enqueued_for: 12s
                runs_for: [20s, 70s]
                outcomes:
                  - completed
                  - {status: failed, failure_reason: "Line 12 of devices.txt is not valid: it has no id."}
                  - completed
                  - cancelled
                  - {status: failed, failure_reason: "Internal error."}
              - type: export
                every: 4m
                starts_in: 85s
                runs_for: 12s
              - {type: updateDeviceConfiguration, ended_ago: 90m, duration: 8m}
              - {type: rebootDevice, ended_ago: 3h, duration: 2m, status: cancelled}
  - id: 9e4d7b30-15a6-4f82-b3c9-8d20f6a1c573
    name: Contoso Field
    groups:
      - name: vehicles
        hubs:
          - name: contoso-vehicles
            location: eastus
            sku: S3
            capacity: 4
            tags: {environment: production, team: field}
            jobs:
              - type: export
                every: 50s
                began_ago: 30m
                enqueued_for: 6s
                runs_for: [10s, 35s]
                outcomes: [completed, completed, failed]
                failure_reason: "The container 'device-backups' was not found."
              - type: firmwareUpdate
                every: 3m
                began_ago: 1h
                enqueued_for: 15s
                runs_for: [60s, 150s]
                outcomes:
                  - {status: failed, failure_reason: "The quota of messages of the day is used up."}
                  - completed
                  - {status: failed, failure_reason: "17 devices did not report back."}
              - {type: readDeviceProperties, ended_ago: 40m, duration: 30s}
              - {type: factoryResetDevice, ended_ago: 12h, duration: 4m, status: failed, failure_reason: "The device did not answer."}
      - name: laboratory
        hubs:
          - name: contoso-lab
            location: westus2
            sku: F1
            tags: {environment: test}
            jobs:
              # Both are watched by id: one is history, the other appears half a minute after the start.
              - {id: 5d0f6c1e-2a7b-4e93-9f41-c8b7a6d5e4f3, type: export, ended_ago: 26h, duration: 2m}
              - {id: b7e3a914-6c25-4d8f-a071-3f9e8d7c6b5a, type: import, starts_in: 30s, enqueued_for: 15s, runs_for: 45s, outcome: failed}
          - name: contoso-new-site
            location: westus2
            state: Activating
      - name: records
        hubs:
          - name: contoso-archive
            location: northeurope
            tags: {environment: production, team: records}
            jobs:
              # Somebody switched off what submitted the export, and the import has hung since.
              - {type: export, ended_ago: 31h, duration: 6m}
              - {type: export, ended_ago: 55h, duration: 7m}
              - {type: export, ended_ago: 79h, duration: 6m}
              - {type: import, started_ago: 5h, status: running}
          - name: contoso-finance
            location: northeurope
            tags: {environment: production, team: finance}
  - id: c17a52e8-4f60-4b9d-a3d2-6e05b8f71934
    name: Contoso Shared
    groups:
      - name: depots
        hubs:
          - name: contoso-depots
            location: eastus
            jobs:
              - type: export
                every: 2m
                began_ago: 1h
                runs_for: [10s, 30s]
faults:
  - {operation: [list_jobs, get_hub], hub: contoso-finance, status: 403}
  # Others ask too much of this subscription, so that every other request is refused.
  - {operation: list_jobs, hub: contoso-depots, times: 1, status: 429, headers: {Retry-After: "5"}}
  - {operation: list_jobs, hub: contoso-depots, probability: 0.5, status: 429, headers: {Retry-After: "5"}}
)yaml";

}  // namespace

std::string_view default_scenario() {
  return kYaml;
}

}  // namespace azure_simulator

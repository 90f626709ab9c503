"""What returns nothing for the fleet of fleet.yaml, and why that is right; and what of the page no panel shows."""

_NO_ACTIVE_JOB = "only the hub laboratory has an active job"
_NOT_THIS_FLEET = "nothing of the kind happens in this fleet; the alert's unit tests make it fire"

# Query: for which selections it is empty, and why. An entry whose query has data fails the test.
SILENT: dict[str, tuple[set[str], str]] = {
    "exporter: Failed polls by reason": ({"two hubs"}, "all polls of these hubs succeed"),
    "hub: Oldest active job": ({"two hubs", "one hub"}, _NO_ACTIVE_JOB),
    "overview: Oldest active job": ({"two hubs", "one hub"}, _NO_ACTIVE_JOB),
    "hub: Named jobs not found": ({"two hubs", "one hub"}, "only the hub pilot is watched by job ids"),
} | {
    f"alerts: AzureIotHub{name}": ({"all"}, _NOT_THIS_FLEET)
    for name in (
        "ApiQuotaLow", "ApiThrottled", "ConfigReloadFailed", "ExporterAbsent", "ExporterDown", "JobDetailsCapped", "JobSlotSaturated",
        "JobSlow", "JobStatusUnknown", "JobStuckNoLimit", "JobsFailingOften", "NeverRead", "SchedulerLagging", "StorageFailing",
        "TokenExpired", "TokenRefreshFailing",
    )
}

# Metrics that neither a panel nor an alert uses.
NOT_SHOWN: dict[str, str] = {
    "process_virtual_memory_bytes": "says little about a program that maps its libraries and its ledger; resident memory is shown",
}

// Everything about the dashboards, alerts and rules that users may want different, in one place. To change it, import the
// mixin and add to _config:
//
//   (import 'mixin.libsonnet') + { _config+:: { extraLabels: ['cluster'], severities+: { JobOverdue: 'warning' } } }
{
  _config+:: {
    // What every selector of the hubs' series starts with, such as 'cluster="production"'. Empty selects all.
    selector: '',
    // Which targets are exporters, for the alerts and panels about themselves: those of the scrape job of that name.
    exporterSelector: 'job="azure-iothub-jobs"',
    // Labels besides hub that tell hubs apart, where one Prometheus holds several fleets: kept by every aggregation, and a
    // variable of every dashboard.
    extraLabels: [],

    tags: ['azure-iothub-jobs'],
    // Before the uids of the dashboards, which links between them go by.
    uidPrefix: 'azure-iothub-',
    // Before the titles of the dashboards.
    titlePrefix: 'Azure IoT Hub jobs: ',
    // Where Grafana is, as a reader of an alert reaches it; no slash at the end.
    grafanaURL: 'http://localhost:3000',
    // Where the exporter's own pages are, for links from the dashboards; empty leaves these links out. No slash at the end.
    exporterURL: 'http://localhost:10468',
    // Before an alert's name and .md. To be pointed at a copy of config/runbooks that the people on call can reach.
    runbookURL: 'https://github.com/iothub-job-exporter/iothub_job_exporter/blob/main/config/runbooks/',
    portalURL: 'https://portal.azure.com',

    // critical wakes somebody, warning is for working hours, info is for whoever looks. An alert whose severity is null is
    // left out.
    severities: {
      JobFailed: 'warning',
      JobsFailingOften: 'warning',
      JobLate: 'warning',
      JobOverdue: 'critical',
      JobNeverCompleted: 'warning',
      JobStuck: 'warning',
      JobStuckNoLimit: 'warning',
      JobSlow: 'info',
      JobSlotSaturated: 'warning',
      JobStatusUnknown: 'info',
      JobDetailsCapped: 'info',
      CollectionFailing: 'warning',
      CollectionStale: 'critical',
      NeverRead: 'critical',
      NotActive: 'warning',
      AccessDenied: 'critical',
      ApiThrottled: 'warning',
      ApiQuotaLow: 'warning',
      TokenExpired: 'critical',
      TokenRefreshFailing: 'warning',
      SchedulerLagging: 'warning',
      ExporterDown: 'warning',  // critical where each instance has hubs of its own
      ExporterAbsent: 'critical',
      ConfigReloadFailed: 'warning',
      StorageFailing: 'warning',
    },

    // How long its condition holds before an alert fires.
    waits: {
      JobFailed: '2m',  // two rounds; a finished job stays as it is
      JobsFailingOften: '10m',
      JobLate: '15m',
      JobOverdue: '15m',
      JobNeverCompleted: '1h',
      JobStuck: '5m',
      JobStuckNoLimit: '5m',
      JobSlow: '10m',
      JobSlotSaturated: '75m',  // longer than slotLately, which a leap of the counter has left by then
      JobStatusUnknown: '30m',
      JobDetailsCapped: '15m',
      // Before job gauges are withdrawn (polling.stale_after, 15m by default), and after AccessDenied, which tells the reason.
      CollectionFailing: '12m',
      CollectionStale: '5m',
      NeverRead: '1h',  // longer than a late start of Azure, a network or a secret takes
      NotActive: '30m',  // longer than creating a hub takes
      AccessDenied: '10m',  // a role needs some minutes to reach all of Azure
      ApiThrottled: '30m',
      ApiQuotaLow: '10m',
      TokenExpired: '5m',
      TokenRefreshFailing: '15m',
      SchedulerLagging: '15m',
      ExporterDown: '5m',
      ExporterAbsent: '5m',  // before the job alerts end (memory.restart), so that Alertmanager keeps quiet about it
      ConfigReloadFailed: '5m',
      StorageFailing: '10m',
    },

    // Numbers that conditions compare with. Those marked so are guesses to begin with: look at your own fleet first.
    thresholds: {
      jobFailedSeconds: 2 * 86400,  // how old a failure may be: whoever wanted to know, knows
      failingShare: 0.2,  // a guess
      failingJobs: 5,  // finished ones at least, or one failure would be a high share: a guess
      failingWindow: '1d',
      lateFactor: 1,  // of completed_within
      overdueFactor: 2,
      overdueSeconds: 28 * 86400,  // at most, which is the most that completed_within may be: Azure forgets jobs after 30 days
      stuckSeconds: 4 * 3600,  // where no max_duration is configured: a guess
      slowFactor: 3,  // times the median: a guess
      slowSeconds: 300,  // at least: nobody minds a job of seconds that takes a minute
      slowWindow: '7d',
      slotShare: 0.9,  // a guess
      slotWindow: '6h',
      slotLately: '1h',
      slotLatelyShare: 0.5,  // less, as a restart of the exporter costs some minutes of an hour
      staleSeconds: 3600,
      deniedShare: 0.5,  // of the failed polls within the window, or something else is the matter by now
      deniedWindow: '2h',  // sees the refusals of hubs that are polled hourly
      deniedLately: '15m',  // a refusal that did not recur is over; as long as stale_after, which no interval exceeds
      throttledShare: 0.25,  // a guess
      throttledWindow: '1h',
      quotaRemaining: 25,  // a tenth of Azure's bucket of 250: the exporter itself stays above it
      quotaSeconds: 300,  // older news of the bucket say nothing, as it is full again after ten seconds
      refreshWindow: '75m',  // longer than from one poll to the next of a hub that is polled hourly
      refreshWindowOften: '15m',  // of those who ask more often, where an older new token makes up for nothing
      lagSeconds: 300,
    },

    // How long what was last seen counts when it is no longer there. Without this every restart of an exporter would
    // resolve alerts, and a hub that becomes unreadable would look repaired.
    memory: {
      restart: '10m',  // longer than ExporterAbsent needs to speak
      verdict: '2h',  // of the newest jobs; longer than CollectionStale needs to speak
      inactive: '3d',  // of the newest success on a hub that is not active and shows no jobs; longer than a weekend
    },

    groupInterval: '1m',
  },
}

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
  },
}

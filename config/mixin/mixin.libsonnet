// The monitoring mixin: dashboards, alerts and recording rules of iothub_job_exporter, by the conventions of
// https://monitoring.mixins.dev: grafanaDashboards, prometheusAlerts, prometheusRules and _config.
(import 'config.libsonnet') +
(import 'alerts.libsonnet') +
(import 'recording.libsonnet') +
(import 'dashboards/dashboards.libsonnet')

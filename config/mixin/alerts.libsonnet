// The alerts, by what they are about.
{
  local config = $._config,
  local alert = (import 'alert.libsonnet')(config),
  local group(name, rules) = { name: name, interval: config.groupInterval, rules: alert.wanted(rules) },

  prometheusAlerts+:: {
    groups+: [
      group('azure-iothub-jobs', (import 'alerts/jobs.libsonnet')(config)),
      group('azure-iothub-job-history', (import 'alerts/history.libsonnet')(config)),
      // In one group, symptoms first: when a hub is readable again, they end before the cause that mutes them.
      group(
        'azure-iothub-collection',
        (import 'alerts/collection.libsonnet')(config) + (import 'alerts/access.libsonnet')(config)
      ),
      group('azure-iothub-exporter', (import 'alerts/exporter.libsonnet')(config)),
    ],
  },
}

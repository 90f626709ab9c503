// Four dashboards, a question each: what is wrong now, what happened on this hub, is everything on time, and can the numbers
// be trusted.
{
  local config = self._config,

  grafanaDashboards+:: {
    'overview.json': (import 'overview.libsonnet')(config),
    'hub.json': (import 'hub.libsonnet')(config),
    'expectations.json': (import 'expectations.libsonnet')(config),
    'exporter.json': (import 'exporter.libsonnet')(config),
  },
}

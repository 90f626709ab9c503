// Recording rules for users' own views, service level objectives and federation. Neither alerts nor dashboards read them, so
// either file works without the other.
{
  local config = $._config,
  local promql = (import 'promql.libsonnet')(config),
  // What a record is about is the first part of its name: its labels.
  local level(labels) = std.join('_', config.extraLabels + labels),
  local hub = level(['hub']),
  local pair = level(['hub', 'job_type']),
  local words = {
    hub: promql.hub,
    pair: promql.hubAndType,
    finished(statuses):: 'increase(%s[1d])' % promql.series('azure_iothub_jobs_finished_total', statuses),
    local terminal = self.finished('status=~"completed|failed"'),
    ended: 'sum by (%s) (max by (%s, status) (%s))' % [self.pair, self.pair, terminal],
    failed: 'max by (%s) (%s)' % [self.pair, self.finished('status="failed"')],
    all: self.finished(''),
    jobs: promql.series('azure_iothub_jobs'),
    completedAt: promql.series('azure_iothub_last_job_end_timestamp_seconds', 'status="completed"'),
    duration: promql.series('azure_iothub_last_job_duration_seconds', 'status="completed"'),
    busy: promql.series('azure_iothub_job_busy_seconds_total', 'job_type=~"export|import"'),
  },
  local record(name, expression) = { record: name, expr: promql.expression(expression % words) },

  prometheusRules+:: {
    groups+: [{
      name: 'azure-iothub-records',
      interval: config.groupInterval,
      rules: [
        record(pair + '_status:azure_iothub_jobs:max', |||
          max by (%(pair)s, status) (%(jobs)s)
        |||),
        record(pair + ':azure_iothub_jobs_finished:increase1d', |||
          sum by (%(pair)s) (max by (%(pair)s, status) (%(all)s))
        |||),
        record(pair + ':azure_iothub_jobs_failed:ratio_increase1d', |||
          %(failed)s
            /
          %(ended)s
        |||),
        record(pair + ':azure_iothub_last_completed_job_age_seconds:min', |||
          time() - max by (%(pair)s) (%(completedAt)s)
        |||),
        record(pair + ':azure_iothub_last_job_duration_seconds:median7d', |||
          quantile_over_time(0.5, (max by (%(pair)s) (%(duration)s))[7d:1h])
        |||),
        record(hub + ':azure_iothub_job_busy:ratio_rate1h', |||
          sum by (%(hub)s) (max by (%(pair)s) (rate(%(busy)s[1h])))
        |||),
      ],
    }],
  },
}

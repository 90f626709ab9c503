// Panels of the dashboard Exporter: what Azure is asked, what it answers, how much it still allows, and tokens.
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config) {
  local q = (import 'queries.libsonnet')(config),
  local fleets = [{ label: label, name: label } for label in config.extraLabels],
  local budget = ['subscription_id', 'scope'],
  local apis = {
    list_jobs: palette.running,
    get_job: palette.sky,
    get_hub: palette.completed,
    list_hubs: palette.enqueued,
    resource_graph: palette.purple,
    token: palette.warning,
  },

  requests:: panels.lines({
    title: 'Requests to Azure',
    description: |||
      What is Azure asked, and how does it answer? By operation and HTTP status, or what went wrong where there was no
      answer. 401 and 403: credential or role. 404: a hub or job that is gone. 429: too many requests. 5xx: Azure.
      Trap: each try of a request counts, and so do pages of a list.
    |||,
    noValue: 'no request in this period',
    unit: 'reqps',
    expr: q.ownRate('iothub_job_exporter_api_requests_total', ['api', 'code']),
    legend: '{{api}} {{code}}',
    legendTable: ['lastNotNull', 'max'],
  }),

  trouble:: panels.bars({
    title: 'Requests repeated and throttled',
    description: |||
      How many requests were sent again, and how many did Azure answer with 429? Some repetitions are the weather.
      Throttled ones mean that all readers of the subscription together ask too much: raise `polling.interval`, or
      watch fewer hubs with this credential. Trap: a throttled request is repeated only after the time that Azure
      names.
    |||,
    noValue: 'no request in this period',
    interval: '5m',
    targets: [
      {
        expr: 'sum(%s)' % q.ownGrowth('iothub_job_exporter_api_retries_total', '$__interval', ['api']),
        legend: 'repeated',
      },
      {
        expr: 'sum(%s)' % q.ownGrowth('iothub_job_exporter_api_throttled_total', '$__interval', ['api']),
        legend: 'throttled',
      },
    ],
    overrides: panels.colors({ repeated: palette.sky, throttled: palette.bad }),
  }),

  latency:: panels.lines({
    title: 'Time that Azure takes (95 %)',
    description: |||
      How long do requests take, by operation? 95 % of them take at most this long; failed ones are included. A list
      of jobs grows with the number of jobs. Near `polling.request_timeout` (30 s) requests begin to fail with the
      reason timeout. Trap: the number is as exact as the buckets of the histogram are narrow.
    |||,
    noValue: 'no request in this period',
    unit: 's',
    // An operation that nobody uses has no quantile, which would be NaN.
    expr: 'histogram_quantile(0.95, %s) > 0' %
          q.ownRate('iothub_job_exporter_api_request_duration_seconds_bucket', ['api', 'le']),
    legend: '{{api}}',
    overrides: panels.colors(apis),
  }),

  latencies:: panels.heatmap({
    title: 'Time that Azure takes, all requests',
    description: |||
      How are the times of requests spread? A brighter field holds more requests; a second band far above the first is
      a slow operation, a slow region, or waiting for a timeout. Compare with "Time that Azure takes (95 %)" to see
      which operation. Trap: the height of a field is that of its bucket.
    |||,
    noValue: 'no request in this period',
    unit: 's',
    interval: '5m',
    expr: q.ownGrowth('iothub_job_exporter_api_request_duration_seconds_bucket', '$__interval', ['le']),
    legend: '{{le}}',
  }),

  allowed:: panels.logarithmic({
    title: 'Requests that Azure allows',
    description: |||
      How many more reads did Azure allow when it last said so, by subscription? Other tools share this budget. The exporter
      slows down by itself before it is used up; near the dashed line (%d) polls get late. What to do: find who else reads
      much, or raise `polling.interval`. Trap: Azure counts per instance of its own, so the line jumps.
    ||| % config.thresholds.quotaRemaining,
    noValue: 'Azure has not said yet',
    steps: [[palette.bad, null], [palette.good, config.thresholds.quotaRemaining]],
    expr: q.ownBy(budget, 'iothub_job_exporter_ratelimit_remaining', 'min'),
    legend: '{{subscription_id}} {{scope}}',
  }),

  budgets:: panels.table({
    title: 'Budgets of reads',
    description: |||
      How much of each budget is left, and when did Azure say so? One row for each subscription and kind of limit. An
      old row belongs to a subscription that is no longer asked. What to do when little is left: raise
      `polling.interval`, or find who else reads. Trap: the budget belongs to subscription and credential, not to this
      exporter alone.
    |||,
    noValue: 'Azure has not said yet',
    labels: fleets + [
      { label: 'subscription_id', name: 'Subscription', width: 320 },
      { label: 'scope', name: 'Limit' },
    ],
    columns: [
      {
        name: 'Left',
        expr: q.ownBy(budget, 'iothub_job_exporter_ratelimit_remaining', 'min'),
        unit: 'none',
        width: 80,
      },
      {
        name: 'Said',
        expr: '1000 * ' + q.ownBy(budget, 'iothub_job_exporter_ratelimit_observed_timestamp_seconds'),
        unit: 'dateTimeFromNow',
        width: 160,
      },
    ],
    sortBy: ['Said'],
  }),

  tokens:: panels.table({
    title: 'Tokens',
    description: |||
      Does each credential get its tokens? "Expires" is that of the present token, "Failed requests" counts refused or
      failed requests for one in the chosen period. When they fail: the log names the credential and the cause, such
      as an expired secret or a missing role assignment; files with secrets are read anew for every token. Trap: while
      a token lives a failed renewal is no outage yet.
    |||,
    noValue: 'no credential is in use',
    labels: fleets + [
      { label: 'instance', name: 'Instance' },
      { label: 'credential', name: 'Credential' },
    ],
    columns: [
      {
        name: 'Expires',
        expr: '1000 * ' + q.ownBy(['instance', 'credential'], 'iothub_job_exporter_token_expiry_timestamp_seconds'),
        unit: 'dateTimeFromNow',
      },
      {
        name: 'Failed requests',
        expr: q.ownGrowth('iothub_job_exporter_token_refresh_errors_total', '$__range', ['instance', 'credential']),
        decimals: 0,
        steps: [[palette.quiet, null], [palette.bad, 0.5]],
        cell: panels.coloredText,
      },
    ],
    sortBy: ['Failed requests'],
  }),
}

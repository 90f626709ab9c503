// What the panels ask Prometheus: every notion that several of them share is defined here, once.
//
// Three kinds of series: those of one hub and job type (`typed`), of a hub (`chosen`), and of an exporter (`exporter`). The
// first two are aggregated by hub first, with max or min, so that two replicas of the exporter count once and the better
// informed one wins.
function(config) {
  local extra = config.extraLabels,
  local joined(parts) = std.join(', ', [part for part in parts if part != '']),
  local variable(label) = '%s=~"$%s"' % [label, label],

  // Labels to aggregate by and to join on, with those that tell fleets apart: `by(['hub'])`.
  by(labels):: joined(extra + labels),
  hub:: self.by(['hub']),
  pair:: self.by(['hub', 'job_type']),

  // Matchers of a selector.
  unbound(more=''):: joined([config.selector] + [variable(label) for label in extra] + [more]),
  chosen(more=''):: self.unbound(joined([variable('hub'), more])),
  typed(more=''):: self.chosen(joined([variable('job_type'), more])),
  exporter(more=''):: self.unbound(joined([variable('job'), variable('instance'), more])),

  // --- of a hub and job type

  // The newest value of a gauge, one per hub and type; with `more`, of those that match it.
  of(metric, more=''):: 'max by (%s) (%s{%s})' % [self.pair, metric, self.typed(more)],
  // When the newest job that ended so did; of all if none is named.
  end(status='')::
    self.of('azure_iothub_last_job_end_timestamp_seconds', if status == '' then '' else 'status="%s"' % status),
  duration(status):: self.of('azure_iothub_last_job_duration_seconds', 'status="%s"' % status),
  // The end of the newest failed job where none has completed since. A cancelled job proves nothing and repairs nothing.
  failed:: '%s unless %s >= %s' % [self.end('failed'), self.end('completed'), self.end('failed')],
  age:: 'time() - %s' % self.end('completed'),
  // 0 is what a configuration that sets only the other limit would show, and means none.
  interval:: '(%s > 0)' % self.of('azure_iothub_expected_job_interval_seconds'),
  allowed:: '(%s > 0)' % self.of('azure_iothub_expected_job_max_duration_seconds'),
  // The age of the newest completed job as a share of the interval in which one is expected: above 1 it is overdue.
  lateness:: '(%s) / %s' % [self.age, self.interval],
  overdue:: '%s > 1' % self.lateness,
  // Of a hub that cannot be read nobody knows what completed: its jobs are neither late nor on time.
  never:: '%s unless %s and on (%s) %s == 1' % [self.interval, self.end('completed'), self.hub, self.up],
  activeSince:: 'min by (%s) (azure_iothub_oldest_active_job_start_timestamp_seconds{%s})' % [self.pair, self.typed()],
  activeAge:: '(time() - %s)' % self.activeSince,
  // Active for longer than allowed, or than a guess where nobody said how long that is.
  stuck:: '%s > %s or (%s unless %s) > %d' % [
    self.activeAge,
    self.allowed,
    self.activeAge,
    self.allowed,
    config.thresholds.stuckSeconds,
  ],
  jobs(status):: self.of('azure_iothub_jobs', 'status=~"%s"' % status),
  jobsByStatus(more='')::
    'max by (%s) (azure_iothub_jobs{%s})' % [self.by(['hub', 'job_type', 'status']), self.typed(more)],

  // A number for the newest job of each hub and type: its place in palette.states, the active ones before the finished.
  verdict:: std.join('\nor\n', [
    '5 + 0 * (%s > 0)' % self.jobs('running'),
    '4 + 0 * (%s > 0)' % self.jobs('enqueued'),
    '3 + 0 * (%s >= %s)' % [self.end('failed'), self.end()],
    '2 + 0 * (%s >= %s)' % [self.end('cancelled'), self.end()],
    '1 + 0 * (%s >= %s)' % [self.end('completed'), self.end()],
    '6 + 0 * (%s > 0)' % self.jobs('unknown|other'),
  ]),

  // Growth of a counter over `span`, kept apart by `labels`; replicas count the same jobs, so the greatest counts.
  growth(metric, labels, span, more='')::
    'max by (%s) (increase(%s{%s}[%s]))' % [self.by(['hub'] + labels), metric, self.typed(more), span],
  finished(span, more=''):: self.growth('azure_iothub_jobs_finished_total', ['job_type', 'status'], span, more),
  failures(span):: self.growth('azure_iothub_job_failures_total', ['job_type', 'failure_class'], span),
  durations(span, more='')::
    self.growth('azure_iothub_finished_job_duration_seconds_bucket', ['job_type', 'status', 'le'], span, more),
  // In which bucket the share of all completed jobs is reached, by its place in durationBounds: what histogram_quantile would
  // say between two bounds is a guess, and hours off in the widest buckets. Rounded, as increases are not whole numbers.
  quantile(share)::
    local all = 'sum by (%s) (%s)' % [self.pair, self.durations('$__range', 'status="completed", le="+Inf"')];
    local below = 'sum by (%s) (%s)' % [self.by(['hub', 'job_type', 'le']), self.durations('$__range', 'status="completed"')];
    '(count by (%s) (round(%s / on (%s) group_left () %s, 0.0001) < %s) or 0 * %s) and %s > 0' % [
      self.pair,
      below,
      self.pair,
      all,
      share,
      all,
      all,
    ],
  // What a job takes at most that falls into each bucket.
  durationBounds:: [
    '1 s',
    '5 s',
    '15 s',
    '30 s',
    '1 min',
    '2 min',
    '5 min',
    '10 min',
    '30 min',
    '1 h',
    '2 h',
    '6 h',
    '24 h',
    'over 24 h',
  ],
  busy(job_type):: 'sum by (%s) (max by (%s) (rate(azure_iothub_job_busy_seconds_total{%s}[$__rate_interval])))' % [
    self.hub,
    self.pair,
    self.chosen('job_type=~"%s"' % job_type),
  ],

  // One series for each thing that is wrong now, with what it is in the label `problem` and for how long as its value,
  // which is -1 where nobody knows: not NaN, as that has no place when rows are sorted.
  problems:: std.join('\nor\n', [
    'label_replace(%s, "problem", "%s", "", "")' % [problem[1], problem[0]]
    for problem in [
      ['newest job failed', 'time() - (%s)' % self.failed],
      ['overdue', '(%s) - %s > 0' % [self.age, self.interval]],
      ['never completed', '-1 + 0 * (%s)' % self.never],
      ['active for too long', self.stuck],
      ['hub cannot be read', '%s and %s == 0' % [self.dataAge, self.up]],
      ['hub was never read', '-1 + 0 * (%s == 0 unless %s)' % [self.up, self.polled]],
      ['hub is not active', '-1 + 0 * (%s == 0)' % self.ofHub('azure_iothub_active')],
    ]
  ]),

  // --- of a hub

  ofHub(metric):: 'max by (%s) (%s{%s})' % [self.hub, metric, self.chosen()],
  up:: self.ofHub('azure_iothub_up'),
  polled:: self.ofHub('azure_iothub_last_successful_poll_timestamp_seconds'),
  dataAge:: '(time() - %s)' % self.polled,
  pollErrors(span)::
    'max by (%s, reason) (increase(azure_iothub_poll_errors_total{%s}[%s]))' % [self.hub, self.chosen(), span],
  polls(span):: 'max by (%s) (increase(azure_iothub_polls_total{%s}[%s]))' % [self.hub, self.chosen(), span],
  // Of replicas, one that has read the hub knows more than one that has not.
  local info(matchers) = 'max by (%s) (azure_iothub_info{%s})' % [
    self.by(['hub', 'subscription_id', 'resource_group', 'location', 'sku']),
    self.chosen(matchers),
  ],
  info:: '%s or on (%s) %s' % [info('location!=""'), self.hub, info('')],

  // How many series `expression` has: 0 if none, but nothing at all where no hub is watched or `all` is empty, as that is
  // not the same as good news.
  count(expression, all=self.up):: 'count(%s) or 0 * count(%s)' % [expression, all],
  sum(expression, all=self.up):: 'sum(%s) or 0 * count(%s)' % [expression, all],

  // --- of a job

  job(metric, labels, more='')::
    'max by (%s) (%s{%s})' % [self.by(['hub', 'job_id', 'job_type'] + labels), metric, self.typed(more)],

  named:: 'max by (%s) (azure_iothub_job_found{%s})' % [self.by(['hub', 'job_id']), self.chosen()],

  // --- of an exporter

  own(metric, more=''):: '%s{%s}' % [metric, self.exporter(more)],
  // One series for each value of the labels, the greatest or, by `how`, the smallest.
  ownBy(labels, metric, how='max'):: '%s by (%s) (%s)' % [how, self.by(labels), self.own(metric)],
  ownGrowth(metric, span, labels)::
    'sum by (%s) (increase(%s{%s}[%s]))' % [self.by(labels), metric, self.exporter(), span],
  ownRate(metric, labels)::
    'sum by (%s) (rate(%s{%s}[$__rate_interval]))' % [self.by(labels), metric, self.exporter()],
}

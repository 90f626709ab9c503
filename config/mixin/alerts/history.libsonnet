// What the jobs of the last hours and days say together: shares, medians, and what the exporter could not tell.
function(config)
  local promql = (import '../promql.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  local limits = config.thresholds;
  local finished(statuses) =
    'increase(%s[%s])' % [promql.series('azure_iothub_jobs_finished_total', statuses), limits.failingWindow];
  // The share of a window that imports and exports were under way.
  local busy(window) = 'sum by (%s) (max by (%s) (rate(%s[%s])))' % [
    promql.hub,
    promql.hubAndType,
    promql.series('azure_iothub_job_busy_seconds_total', 'job_type=~"export|import"'),
    window,
  ];
  local words = {
    hub: promql.hub,
    pair: promql.hubAndType,
    where: promql.hubText,
    watched: promql.watched,
    // The best informed replica counts; different replicas are never added up.
    failed: 'max by (%s) (%s)' % [self.pair, finished('status="failed"')],
    judged: 'sum by (%s) (max by (%s, status) (%s))' % [self.pair, self.pair, finished('status=~"completed|failed"')],
    duration: 'max by (%s) (%s)' % [
      self.pair,
      promql.series('azure_iothub_last_job_duration_seconds', 'status="completed"'),
    ],
    jobs: promql.series('azure_iothub_jobs', 'status=~"unknown|other"'),
    dropped: promql.last('azure_iothub_job_details_dropped', config.memory.restart),
  };
  local onHub = alert.dashboard('hub', config.extraLabels + ['hub', 'job_type']);
  local onWholeHub = alert.dashboard('hub', config.extraLabels + ['hub']);
  [
    alert.rule(
      'JobsFailingOften',
      |||
        %(failed)s
          /
        %(judged)s
          > %(share)g
          and
        round(%(judged)s) >= %(least)d
          and on (%(hub)s)
        %(watched)s
      ||| % words { share: limits.failingShare, least: limits.failingJobs },
      'Many {{ $labels.job_type }} jobs on %(where)s fail' % words,
      |||
        Of the jobs of type {{ $labels.job_type }} that completed or failed on %(where)s within %(window)s,
        {{ $value | humanizePercentage }} failed.

        Likely causes, most frequent first: several submitters compete for the hub's only import and export slot, the storage
        account throttles, an input that is malformed again and again, a fault of the service.

        Look first at the classes of the failures: `%(classes)s`.

        Clears when fewer of the jobs of %(window)s have failed.
      ||| % words {
        window: promql.theLast(limits.failingWindow),
        classes: 'max by (failure_class) (increase(%s[%s]))' % [
          promql.theirs('azure_iothub_job_failures_total', ['hub', 'job_type']),
          limits.failingWindow,
        ],
      },
      onHub
    ),

    alert.rule(
      'JobSlow',
      |||
        %(duration)s
          > %(factor)g * quantile_over_time(0.5, (%(duration)s)[%(window)s:1h])
          and
        %(duration)s > %(least)d
      ||| % words { factor: limits.slowFactor, window: limits.slowWindow, least: limits.slowSeconds },
      'The newest {{ $labels.job_type }} job on %(where)s took much longer than usual' % words,
      |||
        The newest completed job of type {{ $labels.job_type }} on %(where)s took {{ $value | humanizeDuration }}, more than
        %(factor)s times the median of %(window)s. The time in the queue is part of that.

        Likely causes, most frequent first: it waited behind another job, the registry has grown, the storage account
        throttles, the service is slow today.

        Look first at the hub's dashboard: one slow job, or a trend?

        Clears with the next job that takes its usual time, or when this has become usual.
      ||| % words { factor: limits.slowFactor, window: promql.theLast(limits.slowWindow) },
      onHub
    ),

    alert.rule(
      'JobSlotSaturated',
      |||
        %(busyOver)s > %(share)g
          and
        %(busyLately)s > %(shareLately)g
          and
        %(watched)s
      ||| % words {
        share: limits.slotShare,
        shareLately: limits.slotLatelyShare,
        busyOver: busy(limits.slotWindow),
        // After an outage of the exporter its counter takes a leap by all that was done meanwhile.
        busyLately: busy(limits.slotLately),
      },
      'The import and export slot of %(where)s is nearly always taken' % words,
      |||
        Over %(window)s imports and exports were under way on %(where)s for {{ $value | humanizePercentage }} of the
        time, and still are. A hub runs one at a time and refuses others, so jobs begin to fail for want of the slot.

        Likely causes, most frequent first: one job that runs for hours (then AzureIotHubJobStuck fires as well), schedules
        that are too dense, somebody's script that repeats without a pause.

        Look first at the hub's dashboard: one long job, or many?

        Clears when the slot has been free for longer, within %(lately)s or within %(window)s.
      ||| % words { window: promql.theLast(limits.slotWindow), lately: promql.theLast(limits.slotLately) },
      onWholeHub
    ),

    alert.rule(
      'JobStatusUnknown',
      |||
        max by (%(pair)s, status) (%(jobs)s) > 0
      ||| % words,
      'Jobs on %(where)s have a status that nobody can judge' % words,
      |||
        Jobs of type {{ $labels.job_type }} on %(where)s have the status {{ $labels.status }} ({{ $value }} of them). No other
        alert can tell whether they are well.

        Likely causes: Azure says `unknown` itself (status unknown), or it has a new status that this version of the exporter
        does not know (status other).

        Look first at the exporter's log, which tells each new value once, and at
        `az iot hub job list --hub-name {{ $labels.hub }}`. Then look for a newer version of the exporter.

        Clears when the jobs get another status, or when Azure forgets them, 30 days after their end at the latest.
      ||| % words,
      onHub
    ),

    alert.rule(
      'JobDetailsCapped',
      |||
        max by (%(hub)s) (%(dropped)s) > 0
      ||| % words,
      'Some jobs on %(where)s have no series of their own' % words,
      |||
        Jobs on %(where)s ({{ $value }} of them) are missing among the series by job, because of `job_details.max_per_hub` or
        `job_details.max_total`. Sums, verdicts and the alerts on them are complete.

        Likely causes: more jobs than usual within `job_details.finished_within`, or limits that are too low for this fleet.

        Look first at how many jobs the hub has: `sum by (job_type) (%(jobs)s)`.

        Clears when fewer jobs are recent, or with higher limits.
      ||| % words { jobs: promql.theirs('azure_iothub_jobs', ['hub']) },
      onWholeHub
    ),
  ]

// What has become of the newest jobs: verdicts, never counts. Azure lists a failed job for up to 30 days, and an alert that
// cannot clear is an alert that nobody reads.
function(config)
  local promql = (import '../promql.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  local limits = config.thresholds;
  local words = {
    hub: promql.hub,
    pair: promql.hubAndType,
    where: promql.hubText,
    restart: config.memory.restart,
    // When the newest job of a status ended, of each hub and type.
    local ended(status, window=config.memory.verdict) =
      promql.last('azure_iothub_last_job_end_timestamp_seconds', window, 'status="%s"' % status),
    failed: 'max by (%s) (%s)' % [promql.hubAndType, ended('failed')],
    completed: 'max by (%s) (%s)' % [promql.hubAndType, ended('completed')],
    // And of a hub that is not active, and shows no jobs, when it ended before that.
    everCompleted: std.stripChars(|||
      (
        %s
          or
        max by (%s) (%s)
          and on (%s)
        %s
      )
    ||| % [
      self.completed,
      promql.hubAndType,
      ended('completed', config.memory.inactive),
      promql.hub,
      promql.inactive,
    ], '\n'),
    interval: 'max by (%s) (%s)' % [
      promql.hubAndType,
      promql.last('azure_iothub_expected_job_interval_seconds', config.memory.restart),
    ],
    local limited = promql.last('azure_iothub_expected_job_max_duration_seconds', config.memory.restart),
    maximum: 'max by (%s) (%s)' % [promql.hubAndType, limited],
    limited: 'group by (%s) (%s)' % [promql.hubAndType, limited],
    activeSince: 'min by (%s) (%s)' % [
      promql.hubAndType,
      promql.series('azure_iothub_oldest_active_job_start_timestamp_seconds'),
    ],
    readable: 'max by (%s) (%s) == 1' % [promql.hub, promql.series('azure_iothub_up')],
    // The times of both are those of the subquery's steps, so what was there together has the same time.
    local lately(what) = '(%s)[%s:1m]' % [what, config.memory.verdict],
    // Now, or when the hub was last readable: neither a restart, a scrape that fails nor a hub that cannot be read ends a job.
    stuckSince: std.stripChars(|||
      (
        %s
          or
        last_over_time(%s)
          and
        max_over_time(timestamp%s)
          >= on (%s) group_left
        max_over_time(timestamp%s)
          and on (%s)
        %s
      )
    ||| % [
      self.activeSince,
      lately(self.activeSince),
      lately(self.activeSince),
      promql.hub,
      lately(self.readable),
      promql.hub,
      self.watched,
    ], '\n'),
    watched: promql.watched,
    // One good poll is enough: a hub that fails every other one is readable.
    read: 'max by (%s) (max_over_time(%s[%s]))' % [promql.hub, promql.series('azure_iothub_up'), config.memory.restart],
  };
  local times(factor, text) = if factor == 1 then text else '%s * %s' % [factor, text];
  local onHub = alert.dashboard('hub', config.extraLabels + ['hub', 'job_type']);
  local onExpectations = alert.dashboard('expectations', config.extraLabels + ['hub', 'job_type']);
  [
    alert.rule(
      'JobFailed',
      |||
        %(failed)s > time() - %(age)d
          unless
        (
          %(completed)s
            >=
          %(failed)s
        )
          and on (%(hub)s)
        %(watched)s
      ||| % words { age: limits.jobFailedSeconds },
      'A job of type {{ $labels.job_type }} on %(where)s failed, and none has completed since' % words,
      |||
        A job of type {{ $labels.job_type }} on %(where)s failed at {{ $value | humanizeTimestamp }}, and none of this type
        has completed since.

        Likely causes, most frequent first: the storage container refuses the hub (expired SAS, missing role of the hub's
        identity, firewall), the container is gone, another import or export holds the hub's only slot, the input blob is
        malformed, a fault of the service.

        Look first at the job's failure reason: `az iot hub job list --hub-name {{ $labels.hub }}`. Then repeat the job.

        Clears by itself with the next completed job of this type, or %(days)d days after the failure.
      ||| % words { days: limits.jobFailedSeconds / 86400 },
      onHub
    ),

    alert.rule(
      'JobLate',
      |||
        time() - %(completed)s
          >
        %(limit)s
      ||| % words { limit: times(limits.lateFactor, words.interval) },
      'No {{ $labels.job_type }} job has completed on %(where)s when one was expected' % words,
      |||
        The last {{ $labels.job_type }} job that completed on %(where)s ended {{ $value | humanizeDuration }} ago, longer
        than the exporter's configuration expects (`completed_within`).

        Likely causes, most frequent first: whatever submits the job did not run (a disabled schedule, a failed pipeline, an
        expired credential), the job failed (then AzureIotHubJobFailed fires as well), it still runs, or `completed_within`
        leaves no room for its usual variation.

        Look first at the hub's dashboard: was a job submitted at all?

        Clears with the next completed job of this type.
      ||| % words,
      onExpectations
    ),

    alert.rule(
      'JobOverdue',
      |||
        time() - %(everCompleted)s
          >
        clamp_max(%(twice)s, %(most)d)
      ||| % words { twice: times(limits.overdueFactor, words.interval), most: limits.overdueSeconds },
      'The {{ $labels.job_type }} job on %(where)s is overdue' % words,
      |||
        The last {{ $labels.job_type }} job that completed on %(where)s ended {{ $value | humanizeDuration }} ago, more than
        %(factor)s times what the exporter's configuration expects (`completed_within`), or %(days)d days, before Azure forgets
        the job. Whoever relies on its result, such as a backup of the device registry, has none that is newer.

        Likely causes, most frequent first: whatever submits the job has stopped (a disabled schedule, a failed pipeline, an
        expired credential), every run fails (then AzureIotHubJobFailed fired before), or a job that hangs holds the hub's
        only slot (then AzureIotHubJobStuck fires as well).

        Look first at the hub's dashboard: was a job submitted at all? Then submit one by hand.

        Clears with the next completed job of this type; also when Azure forgets the last one, 30 days after its end, and then
        AzureIotHubJobNeverCompleted speaks.
      ||| % words { factor: limits.overdueFactor, days: limits.overdueSeconds / 86400 },
      onExpectations
    ),

    alert.rule(
      'JobNeverCompleted',
      |||
        %(interval)s
          unless
        %(everCompleted)s
          and on (%(hub)s)
        %(read)s == 1
      ||| % words,
      'No {{ $labels.job_type }} job is known to have completed on %(where)s' % words,
      |||
        The exporter's configuration expects a completed {{ $labels.job_type }} job on %(where)s every
        {{ $value | humanizeDuration }}, but among the jobs that Azure still lists (up to 30 days) none has completed.

        Likely causes, most frequent first: the hub or the expectation is new and the first job is not due yet, the job was
        never set up for this hub, it has failed or been cancelled for weeks, the expectation names the wrong job type.

        Look first at the hub's dashboard: are there jobs of this type at all?

        Clears with the first completed job of this type.
      ||| % words,
      onExpectations
    ),

    alert.rule(
      'JobStuck',
      |||
        time() - %(stuckSince)s
          >
        %(maximum)s
      ||| % words,
      'A {{ $labels.job_type }} job on %(where)s runs longer than expected' % words,
      |||
        A job of type {{ $labels.job_type }} on %(where)s was submitted {{ $value | humanizeDuration }} ago and is still
        enqueued or running, longer than the exporter's configuration allows (`max_duration`). A hub runs one import or export
        at a time, so the next ones are refused until this one ends.

        Likely causes, most frequent first: the registry has grown and the limit has not, the storage account throttles or is
        far away, the job waits behind another one, or it hangs in Azure.

        Look first at the hub's dashboard: does it take longer from week to week, or is this the first time?

        Clears when the job has ended, as soon as the hub is read again.
      ||| % words,
      onHub
    ),

    alert.rule(
      'JobStuckNoLimit',
      |||
        time() - %(stuckSince)s > %(age)d
          unless
        %(limited)s
      ||| % words { age: limits.stuckSeconds },
      'A {{ $labels.job_type }} job on %(where)s has been active for hours' % words,
      |||
        A job of type {{ $labels.job_type }} on %(where)s was submitted {{ $value | humanizeDuration }} ago and is still
        enqueued or running. No `max_duration` is configured for it, so %(hours)s hours are taken for the limit. A hub runs
        one import or export at a time, so the next ones are refused until this one ends.

        Likely causes, most frequent first: a very large registry (then configure `max_duration`), the storage account
        throttles or is far away, the job waits behind another one, or it hangs in Azure.

        Look first at the hub's dashboard: how long did the last jobs of this type take?

        Clears when the job has ended, as soon as the hub is read again.
      ||| % words { hours: limits.stuckSeconds / 3600 },
      onHub
    ),
  ]

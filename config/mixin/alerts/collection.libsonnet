// Whether the hubs are read. While one is not, its jobs may fail unseen.
function(config)
  local promql = (import '../promql.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  local limits = config.thresholds;
  local words = {
    hub: promql.hub,
    where: promql.hubText,
    up: 'max by (%s) (%s)' % [promql.hub, promql.last('azure_iothub_up', config.memory.restart)],
    inactive: promql.inactive,
    watched: promql.watched,
    local read(window) = promql.last('azure_iothub_last_successful_poll_timestamp_seconds', window),
    // Remembered over a restart, after which a hub that cannot be read has no last good poll any more.
    lastRead: 'max by (%s) (%s)' % [promql.hub, read(config.memory.verdict)],
    everRead: 'group by (%s) (%s)' % [promql.hub, read(config.memory.restart)],
    reasons: 'sum by (reason) (increase(%s[1h]))' % promql.theirs('azure_iothub_poll_errors_total', ['hub']),
  };
  local onExporter = alert.dashboard('exporter', config.extraLabels + ['hub']);
  [
    alert.rule(
      'CollectionFailing',
      |||
        %(up)s == 0
      ||| % words,
      'The jobs of %(where)s cannot be read' % words,
      |||
        Every poll of %(where)s has failed for at least %(wait)s, so its jobs may fail unseen. The exporter withdraws what it
        last saw when that is too old (`polling.stale_after`); alerts on the hub's jobs that end then were not repaired.

        Likely causes: the credential expired or lost its role on the hub (reason unauthorized or forbidden), the hub was
        deleted, renamed or moved (not_found), Azure Resource Manager throttles (throttled), the network or a proxy is in
        the way (network, timeout, tls), Azure has an outage (server_error).

        Look first at `%(reasons)s`, then at the exporter's log, which says what Azure answered.

        Clears with the next good poll.
      ||| % words { wait: promql.spelled(config.waits.CollectionFailing) },
      onExporter
    ),

    alert.rule(
      'CollectionStale',
      |||
        time() - %(lastRead)s > %(age)d
          and
        %(up)s == 0
          and
        %(watched)s
      ||| % words { age: limits.staleSeconds },
      'What is known of the jobs of %(where)s is out of date' % words,
      |||
        The last successful poll of %(where)s was {{ $value | humanizeDuration }} ago, and the last one failed. Nobody would
        be told about a failed, stuck or missing job on this hub.

        Likely causes: the credential expired or lost its role on the hub (reason unauthorized or forbidden), the hub was
        deleted, renamed or moved (not_found), Azure Resource Manager throttles (throttled), the network or a proxy is in
        the way (network, timeout, tls), Azure has an outage (server_error).

        Look first at `%(reasons)s`, then at the exporter's log, which says what Azure answered. Polls that do not start at
        all are AzureIotHubSchedulerLagging.

        Clears with the next good poll.
      ||| % words,
      onExporter
    ),

    alert.rule(
      'NeverRead',
      |||
        %(watched)s
          unless
        %(everRead)s
      ||| % words,
      'The jobs of %(where)s have not been read since the exporter started' % words,
      |||
        For at least %(wait)s no poll of %(where)s has succeeded, nor had one before since the exporter started. Nobody would
        be told about a failed, stuck or missing job on this hub.

        Likely causes, most frequent first: a new hub whose name, group or subscription is misspelt in the configuration, a
        role that was never given, a secret that expired before the exporter was restarted.

        Look first at `iothub_job_exporter check --live`, which says for each hub what is missing, then at `%(reasons)s`.

        Clears with the first good poll.
      ||| % words { wait: promql.spelled(config.waits.NeverRead) },
      onExporter
    ),

    alert.rule(
      'NotActive',
      |||
        %(inactive)s
      ||| % words,
      'Azure does not call %(where)s active' % words,
      |||
        For at least %(wait)s Azure has not called %(where)s Active: it runs no jobs, and none of its jobs are shown.

        Likely causes: its creation failed, it is being deleted, it is failing over to another region, or its subscription is
        suspended.

        Look first at the hub's state: `az iot hub show --name {{ $labels.hub }} --query properties.state`.

        Clears when the state is Active again, or when the hub leaves the exporter's configuration.
      ||| % words { wait: promql.spelled(config.waits.NotActive) },
      alert.dashboard('hub', config.extraLabels + ['hub'])
    ),
  ]

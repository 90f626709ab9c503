// The exporter's own health. Per instance, as each may watch hubs that no other does.
function(config)
  local promql = (import '../promql.libsonnet')(config);
  local alert = (import '../alert.libsonnet')(config);
  local limits = config.thresholds;
  local words = {
    up: promql.series('up', config.exporterSelector),
    lag: promql.series('iothub_job_exporter_scheduler_lag_seconds'),
    reload: promql.series('iothub_job_exporter_config_last_reload_successful'),
    storage: promql.series('iothub_job_exporter_storage_up'),
    which: '{{ $labels.instance }}' + promql.extraText,
  };
  local onExporter = alert.dashboard('exporter', config.extraLabels + ['instance']);
  [
    alert.rule(
      'ExporterDown',
      |||
        %(up)s == 0
      ||| % words,
      'The Azure IoT Hub job exporter %(which)s cannot be scraped' % words,
      |||
        Prometheus has had no answer from %(which)s for at least %(wait)s. Other instances go on; hubs that no other reads are
        not watched, and alerts on their jobs that end now were not repaired. When no instance is left,
        AzureIotHubExporterAbsent fires.

        Likely causes: the program is not running, it refuses its configuration or its storage at the start (exit code 2),
        another program holds its port (exit code 3), a firewall, or a changed address.

        Look first at the error on Prometheus' page Status, Targets, then at the log and exit code of the exporter.

        Clears with the next scrape that works.
      ||| % words { wait: promql.spelled(config.waits.ExporterDown) },
      onExporter
    ),

    alert.rule(
      'ExporterAbsent',
      |||
        absent(%(up)s == 1)
      ||| % words,
      'No Azure IoT Hub job exporter answers',
      |||
        For at least %(wait)s Prometheus has had no answer from any target that `%(up)s` finds, or there is no such target: no
        job of any hub is watched. Alerts on hubs and their jobs end within the next minutes for want of news; none of that is
        a repair.

        Likely causes: the program is not running (a failed rollout, a bad configuration, its machine is gone), the network
        between Prometheus and the exporter, a scrape job that was removed or has another name than these alerts expect
        (`exporterSelector` of the mixin).

        Look first at Prometheus' page Status, Targets: is there a target, and with what error? Then at the log and exit code
        of the exporter, or at Prometheus' configuration.

        Clears when one instance answers; alerts for which there still is a reason come back after that.
      ||| % words { wait: promql.spelled(config.waits.ExporterAbsent) },
      alert.dashboard('exporter', [])
    ),

    alert.rule(
      'ConfigReloadFailed',
      |||
        %(reload)s == 0
      ||| % words,
      'The Azure IoT Hub job exporter %(which)s could not read its configuration' % words,
      |||
        The exporter %(which)s goes on with the configuration that it had, because the new one is not valid: what was changed
        in it does not apply, and at the next start the exporter would refuse it.

        Likely causes: a mistake in the file, an environment variable that is not set, a file with a secret that is missing.

        Look first at the exporter's log, or try the file: `iothub_job_exporter check` names every mistake with its line.

        Clears when the configuration has been read again.
      ||| % words,
      onExporter
    ),

    alert.rule(
      'StorageFailing',
      |||
        %(storage)s == 0
      ||| % words,
      'The Azure IoT Hub job exporter %(which)s cannot write its ledger' % words,
      |||
        The ledger of finished jobs of %(which)s cannot be written. Everything is still watched and counted, but if the
        exporter ends before this is repaired, counters go back to what the ledger holds, and the jobs since then are
        counted again.

        Likely causes, most frequent first: the disk is full, the folder was remounted or belongs to somebody else, the disk
        fails.

        Look first at the exporter's log, which says why, and at the space below `--storage.path`. Do not restart the exporter
        before that is repaired.

        Clears with the next write that works.
      ||| % words,
      onExporter
    ),

    alert.rule(
      'SchedulerLagging',
      |||
        %(lag)s > %(age)d
      ||| % words { age: limits.lagSeconds },
      'The Azure IoT Hub job exporter %(which)s polls too late' % words,
      |||
        On %(which)s a hub has been due for {{ $value | humanizeDuration }} without being polled, so news of jobs come late.

        Likely causes, most frequent first: more hubs than `polling.reads_per_second` and `polling.concurrency` allow at their
        interval, hubs that time out and hold requests, a machine without free CPU.

        Look first at how long polls take: `topk(5, azure_iothub_last_poll_duration_seconds)`. Then raise `polling.interval`,
        or spread the hubs over several exporters.

        Clears when polls are in time again.
      ||| % words,
      onExporter
    ),
  ]

// Panels of the dashboard Exporter: the program itself, from its schedule to its memory.
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config) {
  local q = (import 'queries.libsonnet')(config),
  local instance = '{{instance}}',
  local fleets = [{ label: label, name: label } for label in config.extraLabels],
  local byInstance(metric) = q.ownBy(['job', 'instance'], metric),

  states:: panels.lines({
    title: 'Hubs by state',
    description: |||
      How many hubs does each instance watch, how many of them fail, and of how many were the job series withdrawn? A
      step in "owned" is a change of the configuration. Withdrawn hubs are blind spots: job alerts for them say
      nothing. Trap: failing and withdrawn hubs are among the owned ones.
    |||,
    noValue: 'no exporter is scraped',
    decimals: 0,
    expr: q.ownBy(['state'], 'iothub_job_exporter_hubs'),
    legend: '{{state}}',
    overrides: panels.colors({
      owned: palette.running,
      failing: palette.warning,
      withdrawn: palette.bad,
      foreign: palette.enqueued,
    }),
  }),

  lag:: panels.lines({
    title: 'Lateness of polls',
    description: |||
      Is there enough time to poll every hub as often as configured? By how much the poll is late that has waited
      longest, for each instance. Peaks after a start are normal, a plateau is not: raise `polling.interval` or
      `polling.concurrency`, or look for hubs that hang. Trap: 0 also when nothing is due.
    |||,
    noValue: 'no exporter is scraped',
    unit: 's',
    expr: byInstance('iothub_job_exporter_scheduler_lag_seconds'),
    legend: instance,
  }),

  messages:: panels.bars({
    title: 'Log messages by level',
    description: |||
      Does the exporter complain? Errors and warnings are about polls, tokens, the ledger and the configuration; the
      log itself says what and where, each matter once. More than a few an hour are worth reading. Trap: at
      `--log.level=info` debug messages are neither written nor counted.
    |||,
    noValue: 'no exporter is scraped',
    interval: '5m',
    expr: 'sum by (level) (%s)' % q.ownGrowth('iothub_job_exporter_log_messages_total', '$__interval', ['level']),
    legend: '{{level}}',
    overrides: panels.colors(palette.levels),
  }),

  versions:: panels.table({
    title: 'Instances',
    description: |||
      Which exporters run, in which version, since when, and when did they last read their configuration? Rows of
      different versions mean a rollout that is not over. "Open files" is the share of those that are allowed. After a
      crash loop "Started" is always recent: look at the log and the exit code. Trap: an instance that cannot be
      scraped is not here, see "Not scraped".
    |||,
    noValue: 'no exporter is scraped',
    labels: fleets + [
      { label: 'job', name: 'Scrape job' },
      { label: 'instance', name: 'Instance' },
      { label: 'version', name: 'Version' },
    ],
    columns: [
      {
        name: 'Build',
        expr: q.ownBy(['job', 'instance', 'version', 'revision'], 'iothub_job_exporter_build_info'),
        unseen: true,
      },
      { name: 'Started', expr: '1000 * ' + byInstance('process_start_time_seconds'), unit: 'dateTimeFromNow' },
      {
        name: 'Configuration read',
        expr: '1000 * ' + byInstance('iothub_job_exporter_config_last_reload_success_timestamp_seconds'),
        unit: 'dateTimeFromNow',
      },
      { name: 'Threads', expr: byInstance('process_threads'), decimals: 0 },
      {
        name: 'Open files',
        expr: '%s / %s' % [byInstance('process_open_fds'), byInstance('process_max_fds')],
        unit: 'percentunit',
        decimals: 1,
      },
      { name: 'Answers in flight', expr: byInstance('iothub_job_exporter_http_requests_in_flight'), decimals: 0 },
    ],
    after: [{ label: 'revision', name: 'Revision' }],
    sortBy: ['Started'],
  }),

  unknown:: panels.barGauge({
    title: 'Values not understood',
    description: |||
      What did Azure say that this version does not know? By the name of the field, over the chosen period. A new
      status or job type is shown as `other` until an update of the exporter knows it; a strange date is treated as
      missing. Please report it. Trap: each value counts once, however often it is seen.
    |||,
    noValue: 'no exporter is scraped',
    decimals: 0,
    steps: [[palette.quiet, null], [palette.warning, 0.5]],
    expr: 'sum by (field) (%s)' % q.ownGrowth('iothub_job_exporter_unknown_values_total', '$__range', ['field']),
    legend: '{{field}}',
  }),

  storage:: panels.bars({
    title: 'Failed attempts to write the ledger',
    description: |||
      When could the ledger of finished jobs not be written? Each bar counts attempts; the log says why, usually a
      full disk. Make room: what is missing is written as soon as that works again, and nothing is lost unless the
      exporter ends before. Trap: without `--storage.path` there is nothing to write, and nothing here.
    |||,
    noValue: 'the ledger is in memory only',
    interval: '5m',
    expr: q.ownGrowth('iothub_job_exporter_storage_errors_total', '$__interval', ['instance']),
    legend: instance,
  }),

  served:: panels.lines({
    title: 'Requests that the exporter serves',
    description: |||
      Who asks the exporter, and does it answer well? By page and HTTP status: scrapes, health checks, people. Codes
      from 400 on are wrong paths or a refused login, from 500 on the exporter's own trouble. Trap: a scrape that was
      never answered is not here, but in "Duration of scrapes" as a gap.
    |||,
    noValue: 'no exporter is scraped',
    unit: 'reqps',
    expr: q.ownRate('iothub_job_exporter_http_requests_total', ['handler', 'code']),
    legend: '{{handler}} {{code}}',
  }),

  scrapes:: panels.lines({
    title: 'Duration of scrapes',
    description: |||
      How long does Prometheus wait for the page? Milliseconds are normal, as the page is kept ready. Longer: a slow
      network or a starved machine. Compare with `scrape_timeout` (10 s), from which on the instance counts as down.
      Trap: measured by Prometheus, so the way there and back is included.
    |||,
    noValue: 'no exporter is scraped',
    unit: 's',
    expr: byInstance('scrape_duration_seconds'),
    legend: instance,
  }),

  samples:: panels.lines({
    title: 'Samples on the page',
    description: |||
      How many samples does each scrape bring? It depends on hubs and job types, and with `job_details` on the number
      of jobs within its limits. A sudden rise: somebody enabled job_details or added hubs. A fall: hubs were
      withdrawn, as they cannot be read. Trap: it does not grow with the number of jobs otherwise.
    |||,
    noValue: 'no exporter is scraped',
    expr: byInstance('scrape_samples_scraped'),
    legend: instance,
  }),

  memory:: panels.lines({
    title: 'Memory',
    description: |||
      How much memory does each instance hold? Resident memory: it grows with hubs and jobs, and then stays. A line
      that rises for days without more hubs is a leak: please report it, with the version. Trap: the first hours after
      a start are not the steady state.
    |||,
    noValue: 'no exporter is scraped',
    unit: 'bytes',
    expr: byInstance('process_resident_memory_bytes'),
    legend: instance,
  }),

  processor:: panels.lines({
    title: 'Processor',
    description: |||
      How much of one processor does each instance use? A few percent are normal; more means many hubs, short
      intervals, or scrapes by many Prometheuses. 100 % is one whole processor. Trap: in a container a limit may
      throttle it long before that.
    |||,
    noValue: 'no exporter is scraped',
    unit: 'percentunit',
    expr: q.ownRate('process_cpu_seconds_total', ['job', 'instance']),
    legend: instance,
  }),
}

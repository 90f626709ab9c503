// Can the numbers be trusted, and is Azure refusing us?
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config)
  local q = (import 'queries.libsonnet')(config);
  local frame = (import 'frame.libsonnet')(config);
  local instance = '{{instance}}';
  local hub = std.join(' ', ['{{%s}}' % label for label in config.extraLabels] + ['{{hub}}']);
  local fleets = [{ label: label, name: label } for label in config.extraLabels];
  local byInstance(metric, more='') = 'max by (%s) (%s)' % [q.exporters, q.own(metric, more)];
  local apis = {
    list_jobs: palette.running,
    get_job: palette.sky,
    get_hub: palette.completed,
    list_hubs: palette.enqueued,
    resource_graph: palette.purple,
    token: palette.warning,
  };
  local failedPolls(span) = 'sum by (reason) (%s)' % q.pollErrors(span);

  local heads = [
    panels.alarm({
      title: 'Not scraped',
      description: 'How many instances of the exporter did Prometheus fail to scrape last? Their hubs are not watched. When it is not 0: look at the error on Prometheus\' page Status, Targets, then at the log and exit code of the exporter. Trap: a target that was removed from the configuration is not counted, it is simply gone.',
      noValue: 'no exporter is scraped',
      expr: q.count('%s == 0' % q.own('up'), q.own('up')),
    }),
    panels.alarm({
      title: 'Hubs failing',
      description: 'Of how many hubs did the last poll fail? Their numbers are those of the last good poll. When it is not 0: "Can the hubs be read?" shows which, "Failed polls by reason" why, and the log of the exporter has Azure\'s own words. Trap: a hub that two replicas watch counts once only if one of them still reads it.',
      noValue: 'no hub is watched',
      expr: q.count('%s == 0' % q.up),
    }),
    panels.stat({
      title: 'Good polls',
      description: 'What share of the polls in the chosen period succeeded, over all chosen hubs? A short outage of Azure costs little; below 99 % look at "Failed polls by reason". Trap: hubs that are polled more often, as their jobs are active, weigh more.',
      noValue: 'no poll in this period',
      unit: 'percentunit',
      decimals: 1,
      filled: true,
      steps: [[palette.bad, null], [palette.warning, 0.95], [palette.good, 0.99]],
      expr: '1 - sum(%s) / (sum(%s) > 0)' % [q.pollErrors('$__range'), q.polls('$__range')],
    }),
    panels.stat({
      title: 'Oldest data',
      description: 'How old is the oldest of what the other dashboards show? The time since the last successful poll of the hub that was read longest ago. After `stale_after` (15 minutes) its job series are withdrawn. Trap: a hub that was never read has no age.',
      noValue: 'no hub was read yet',
      unit: 's',
      decimals: 0,
      filled: true,
      steps: [[palette.good, null], [palette.warning, 600], [palette.bad, 1800]],
      expr: 'max(%s)' % q.dataAge,
    }),
    panels.stat({
      title: 'Token expires in',
      description: 'For how long is the token valid that expires first? Tokens are renewed well before; a number that falls below some minutes means that the renewal fails, and "Tokens" says for which credential. At 0 all hubs of that credential stop being read. Trap: this is the token, not the secret or certificate behind it.',
      noValue: 'no token yet',
      unit: 'dtdurations',
      decimals: 0,
      steps: [[palette.bad, null], [palette.warning, 60], [palette.good, 240]],
      expr: 'min(%s) - time()' % q.own('iothub_job_exporter_token_expiry_timestamp_seconds'),
    }),
    panels.stat({
      title: 'Configuration',
      description: 'Was the configuration accepted the last time it was read, by every instance? If not, the one before is in force, and the log names file, line and column of each mistake. Try a file beforehand with `iothub_job_exporter check`. Trap: an instance that refuses its configuration at the start does not run at all.',
      noValue: 'no exporter is scraped',
      filled: true,
      mappings: panels.valueMap([[0, 'refused', palette.bad], [1, 'accepted', palette.good]]),
      steps: [[palette.bad, null], [palette.good, 1]],
      expr: 'min(%s)' % q.own('iothub_job_exporter_config_last_reload_successful'),
    }),
    panels.stat({
      title: 'Ledger',
      description: 'Can the ledger of finished jobs be written, by every instance? While it cannot, everything works on, but a restart loses what has been counted since; usually the disk is full. "Internals" counts the failed attempts. Trap: without `--storage.path` there is no ledger on disk, and counters begin anew with each start.',
      noValue: 'in memory only',
      filled: true,
      mappings: panels.valueMap([[0, 'not written', palette.bad], [1, 'written', palette.good]]),
      steps: [[palette.bad, null], [palette.good, 1]],
      expr: 'min(%s)' % q.own('iothub_job_exporter_storage_up'),
    }),
    panels.stat({
      title: 'Polls late by',
      description: 'By how much is the poll late that has waited longest? Seconds are normal. When it grows, hubs are polled less often than configured: Azure slows us down ("Requests that Azure allows"), hubs hang, or there are more hubs than `polling.concurrency` can serve. Trap: the age of the data tells what that means for the reader.',
      noValue: 'no exporter is scraped',
      unit: 's',
      decimals: 0,
      steps: [[palette.good, null], [palette.warning, 60], [palette.bad, config.thresholds.lagSeconds]],
      expr: 'max(%s)' % q.own('iothub_job_exporter_scheduler_lag_seconds'),
    }),
  ];

  local reachable = panels.timeline({
    title: 'Can the hubs be read?',
    description: 'Since when can a hub not be read, and was it so before? Read: its last poll succeeded. Not read: its numbers are old, or withdrawn. All hubs of a subscription at once point to a role, a credential or throttling, a single one to its own access. A gap: the exporter was not there. Trap: one good replica is enough.',
    noValue: 'no hub is watched',
    interval: '1m',
    expr: q.up,
    legend: hub,
    mappings: panels.valueMap([[0, 'not read', palette.bad], [1, 'read', palette.good]]),
  });

  local errors = panels.bars({
    title: 'Failed polls by reason',
    description: 'Why did polls fail? unauthorized: the credential is refused. forbidden: it lacks the role on the hub. not_found: the hub is gone or renamed. throttled: Azure Resource Manager limits us. timeout, network, tls: something between here and Azure. server_error, bad_response: Azure itself. Trap: what worked at the second or third try is not a failed poll.',
    noValue: 'no poll failed in this period',
    expr: '%s > 0' % failedPolls('$__interval'),
    interval: '5m',
    legend: '{{reason}}',
    overrides: panels.colors(palette.reasons),
  });

  local ages = panels.lines({
    title: 'Age of the data of each hub',
    description: 'How old was what was known of each hub? Below a minute or two is normal; a rising line is a hub that is not read. The dashed lines are 15 minutes, when job series are withdrawn, and an hour. Many rising at once: see "Requests that Azure allows" and "Polls late by". Trap: a hub that was never read has no line.',
    noValue: 'no hub was read yet',
    unit: 's',
    steps: [[palette.good, null], [palette.warning, 900], [palette.bad, 3600]],
    expr: q.dataAge,
    legend: hub,
  });

  local pollDurations = panels.lines({
    title: 'Duration of the last poll of each hub',
    description: 'How long does it take to read a hub? It grows with the number of jobs that Azure remembers (pages of the list) and with waiting for Azure\'s permission. Compare with `polling.interval`: a poll that takes longer makes the next one late. Trap: polls that failed count as well, and may be the shortest or the longest.',
    noValue: 'no poll yet',
    unit: 's',
    expr: q.ofHub('azure_iothub_last_poll_duration_seconds'),
    legend: hub,
  });

  local requests = panels.lines({
    title: 'Requests to Azure',
    description: 'What is Azure asked, and how does it answer? By operation and HTTP status, or what went wrong where there was no answer. 401 and 403: credential or role. 404: a hub or job that is gone. 429: too many requests. 5xx: Azure. Trap: each try of a request counts, and so do pages of a list.',
    noValue: 'no request in this period',
    unit: 'reqps',
    expr: q.ownRate('iothub_job_exporter_api_requests_total', ['api', 'code']),
    legend: '{{api}} {{code}}',
    legendTable: ['lastNotNull', 'max'],
  });

  local trouble = panels.bars({
    title: 'Requests repeated and throttled',
    description: 'How many requests were sent again, and how many did Azure answer with 429? Some repetitions are the weather. Throttled ones mean that all readers of the subscription together ask too much: raise `polling.interval`, or watch fewer hubs with this credential. Trap: a throttled request is repeated only after the time that Azure names.',
    noValue: 'no request in this period',
    interval: '5m',
    targets: [
      { expr: 'sum(%s)' % q.ownGrowth('iothub_job_exporter_api_retries_total', '$__interval', ['api']), legend: 'repeated' },
      { expr: 'sum(%s)' % q.ownGrowth('iothub_job_exporter_api_throttled_total', '$__interval', ['api']), legend: 'throttled' },
    ],
    overrides: panels.colors({ repeated: palette.sky, throttled: palette.bad }),
  });

  local latency = panels.lines({
    title: 'Time that Azure takes (95 %)',
    description: 'How long do requests take, by operation? 95 % of them take at most this long; failed ones are included. A list of jobs grows with the number of jobs. Near `polling.request_timeout` (30 s) requests begin to fail with the reason timeout. Trap: the number is as exact as the buckets of the histogram are narrow.',
    noValue: 'no request in this period',
    unit: 's',
    // An operation that nobody uses has no quantile, which would be NaN.
    expr: 'histogram_quantile(0.95, %s) > 0' % q.ownRate('iothub_job_exporter_api_request_duration_seconds_bucket', ['api', 'le']),
    legend: '{{api}}',
    overrides: panels.colors(apis),
  });

  local latencies = panels.heatmap({
    title: 'Time that Azure takes, all requests',
    description: 'How are the times of requests spread? A brighter field holds more requests; a second band far above the first is a slow operation, a slow region, or waiting for a timeout. Compare with "Time that Azure takes (95 %)" to see which operation. Trap: the height of a field is that of its bucket.',
    noValue: 'no request in this period',
    unit: 's',
    interval: '5m',
    expr: q.ownGrowth('iothub_job_exporter_api_request_duration_seconds_bucket', '$__interval', ['le']),
    legend: '{{le}}',
  });

  local allowed = panels.logarithmic({
    title: 'Requests that Azure allows',
    description: 'How many more reads did Azure allow when it last said so, by subscription? Other tools share this budget. The exporter slows down by itself before it is used up; near the dashed line (%d) polls get late. What to do: find who else reads much, or raise `polling.interval`. Trap: Azure counts per instance of its own, so the line jumps.' % config.thresholds.quotaRemaining,
    noValue: 'Azure has not said yet',
    steps: [[palette.bad, null], [palette.good, config.thresholds.quotaRemaining]],
    expr: 'min by (%s) (%s)' % [q.by(['subscription_id', 'scope']), q.own('iothub_job_exporter_ratelimit_remaining')],
    legend: '{{subscription_id}} {{scope}}',
  });

  local budgets = panels.table({
    title: 'Budgets of reads',
    description: 'How much of each budget is left, and when did Azure say so? One row for each subscription and kind of limit. An old row belongs to a subscription that is no longer asked. What to do when little is left: raise `polling.interval`, or find who else reads. Trap: the budget belongs to subscription and credential, not to this exporter alone.',
    noValue: 'Azure has not said yet',
    labels: fleets + [
      { label: 'subscription_id', name: 'Subscription', width: 320 },
      { label: 'scope', name: 'Limit' },
    ],
    columns: [
      { name: 'Left', expr: 'min by (%s) (%s)' % [q.by(['subscription_id', 'scope']), q.own('iothub_job_exporter_ratelimit_remaining')], unit: 'none', width: 80 },
      { name: 'Said', expr: '1000 * max by (%s) (%s)' % [q.by(['subscription_id', 'scope']), q.own('iothub_job_exporter_ratelimit_observed_timestamp_seconds')], unit: 'dateTimeFromNow', width: 160 },
    ],
    sortBy: ['Said'],
  });

  local tokens = panels.table({
    title: 'Tokens',
    description: 'Does each credential get its tokens? "Expires" is that of the present token, "Failed requests" counts refused or failed requests for one in the chosen period. When they fail: the log names the credential and the cause, such as an expired secret or a missing role assignment; files with secrets are read anew for every token. Trap: while a token lives a failed renewal is no outage yet.',
    noValue: 'no credential is in use',
    labels: fleets + [
      { label: 'instance', name: 'Instance' },
      { label: 'credential', name: 'Credential' },
    ],
    columns: [
      { name: 'Expires', expr: '1000 * max by (%s) (%s)' % [q.by(['instance', 'credential']), q.own('iothub_job_exporter_token_expiry_timestamp_seconds')], unit: 'dateTimeFromNow' },
      { name: 'Failed requests', expr: q.ownGrowth('iothub_job_exporter_token_refresh_errors_total', '$__range', ['instance', 'credential']), decimals: 0, steps: [[palette.quiet, null], [palette.bad, 0.5]], cell: panels.coloredText },
    ],
    sortBy: ['Failed requests'],
  });

  local states = panels.lines({
    title: 'Hubs by state',
    description: 'How many hubs does each instance watch, how many of them fail, and of how many were the job series withdrawn? A step in "owned" is a change of the configuration. Withdrawn hubs are blind spots: job alerts for them say nothing. Trap: failing and withdrawn hubs are among the owned ones.',
    noValue: 'no exporter is scraped',
    decimals: 0,
    expr: 'max by (%s) (%s)' % [q.by(['state']), q.own('iothub_job_exporter_hubs')],
    legend: '{{state}}',
    overrides: panels.colors({ owned: palette.running, failing: palette.warning, withdrawn: palette.bad, foreign: palette.enqueued }),
  });

  local lag = panels.lines({
    title: 'Lateness of polls',
    description: 'Is there enough time to poll every hub as often as configured? By how much the poll is late that has waited longest, for each instance. Peaks after a start are normal, a plateau is not: raise `polling.interval` or `polling.concurrency`, or look for hubs that hang. Trap: 0 also when nothing is due.',
    noValue: 'no exporter is scraped',
    unit: 's',
    expr: byInstance('iothub_job_exporter_scheduler_lag_seconds'),
    legend: instance,
  });

  local messages = panels.bars({
    title: 'Log messages by level',
    description: 'Does the exporter complain? Errors and warnings are about polls, tokens, the ledger and the configuration; the log itself says what and where, each matter once. More than a few an hour are worth reading. Trap: at `--log.level=info` debug messages are neither written nor counted.',
    noValue: 'no exporter is scraped',
    interval: '5m',
    expr: 'sum by (level) (%s)' % q.ownGrowth('iothub_job_exporter_log_messages_total', '$__interval', ['level']),
    legend: '{{level}}',
    overrides: panels.colors(palette.levels),
  });

  local versions = panels.table({
    title: 'Instances',
    description: 'Which exporters run, in which version, since when, and when did they last read their configuration? Rows of different versions mean a rollout that is not over. "Open files" is the share of those that are allowed. After a crash loop "Started" is always recent: look at the log and the exit code. Trap: an instance that cannot be scraped is not here, see "Not scraped".',
    noValue: 'no exporter is scraped',
    labels: fleets + [
      { label: 'job', name: 'Scrape job' },
      { label: 'instance', name: 'Instance' },
      { label: 'version', name: 'Version' },
    ],
    columns: [
      { name: 'Build', expr: 'max by (%s) (%s)' % [q.by(['job', 'instance', 'version', 'revision']), q.own('iothub_job_exporter_build_info')], unseen: true },
      { name: 'Started', expr: '1000 * ' + byInstance('process_start_time_seconds'), unit: 'dateTimeFromNow' },
      { name: 'Configuration read', expr: '1000 * ' + byInstance('iothub_job_exporter_config_last_reload_success_timestamp_seconds'), unit: 'dateTimeFromNow' },
      { name: 'Threads', expr: byInstance('process_threads'), decimals: 0 },
      { name: 'Open files', expr: '%s / %s' % [byInstance('process_open_fds'), byInstance('process_max_fds')], unit: 'percentunit', decimals: 1 },
      { name: 'Answers in flight', expr: byInstance('iothub_job_exporter_http_requests_in_flight'), decimals: 0 },
    ],
    after: [{ label: 'revision', name: 'Revision' }],
    sortBy: ['Started'],
  });

  local unknown = panels.barGauge({
    title: 'Values not understood',
    description: 'What did Azure say that this version does not know? By the name of the field, over the chosen period. A new status or job type is shown as `other` until an update of the exporter knows it; a strange date is treated as missing. Please report it. Trap: each value counts once, however often it is seen.',
    noValue: 'no exporter is scraped',
    decimals: 0,
    steps: [[palette.quiet, null], [palette.warning, 0.5]],
    expr: 'sum by (field) (%s)' % q.ownGrowth('iothub_job_exporter_unknown_values_total', '$__range', ['field']),
    legend: '{{field}}',
  });

  local storage = panels.bars({
    title: 'Failed attempts to write the ledger',
    description: 'When could the ledger of finished jobs not be written? Each bar counts attempts; the log says why, usually a full disk. Make room: what is missing is written as soon as that works again, and nothing is lost unless the exporter ends before. Trap: without `--storage.path` there is nothing to write, and nothing here.',
    noValue: 'the ledger is in memory only',
    interval: '5m',
    expr: q.ownGrowth('iothub_job_exporter_storage_errors_total', '$__interval', ['instance']),
    legend: instance,
  });

  local served = panels.lines({
    title: 'Requests that the exporter serves',
    description: 'Who asks the exporter, and does it answer well? By page and HTTP status: scrapes, health checks, people. Codes from 400 on are wrong paths or a refused login, from 500 on the exporter\'s own trouble. Trap: a scrape that was never answered is not here, but in "Duration of scrapes" as a gap.',
    noValue: 'no exporter is scraped',
    unit: 'reqps',
    expr: q.ownRate('iothub_job_exporter_http_requests_total', ['handler', 'code']),
    legend: '{{handler}} {{code}}',
  });

  local scrapes = panels.lines({
    title: 'Duration of scrapes',
    description: 'How long does Prometheus wait for the page? Milliseconds are normal, as the page is kept ready. Longer: a slow network or a starved machine. Compare with `scrape_timeout` (10 s), from which on the instance counts as down. Trap: measured by Prometheus, so the way there and back is included.',
    noValue: 'no exporter is scraped',
    unit: 's',
    expr: byInstance('scrape_duration_seconds'),
    legend: instance,
  });

  local samples = panels.lines({
    title: 'Samples on the page',
    description: 'How many samples does each scrape bring? It depends on hubs and job types, and with `job_details` on the number of jobs within its limits. A sudden rise: somebody enabled job_details or added hubs. A fall: hubs were withdrawn, as they cannot be read. Trap: it does not grow with the number of jobs otherwise.',
    noValue: 'no exporter is scraped',
    expr: byInstance('scrape_samples_scraped'),
    legend: instance,
  });

  local memory = panels.lines({
    title: 'Memory',
    description: 'How much memory does each instance hold? Resident memory: it grows with hubs and jobs, and then stays. A line that rises for days without more hubs is a leak: please report it, with the version. Trap: the first hours after a start are not the steady state.',
    noValue: 'no exporter is scraped',
    unit: 'bytes',
    expr: byInstance('process_resident_memory_bytes'),
    legend: instance,
  });

  local processor = panels.lines({
    title: 'Processor',
    description: 'How much of one processor does each instance use? A few percent are normal; more means many hubs, short intervals, or scrapes by many Prometheuses. 100 % is one whole processor. Trap: in a container a limit may throttle it long before that.',
    noValue: 'no exporter is scraped',
    unit: 'percentunit',
    expr: 'max by (%s) (rate(%s[$__rate_interval]))' % [q.exporters, q.own('process_cpu_seconds_total')],
    legend: instance,
  });

  frame.dashboard('exporter', {
    title: 'exporter',
    description: 'Can the numbers of the other dashboards be trusted, and is Azure refusing the exporter?',
    from: 'now-24h',
    variables: [frame.variables.hub(), frame.variables.job, frame.variables.instance],
    annotations: frame.annotations.restarts + frame.annotations.alerts,
    bands: [
      { height: 4, panels: [[3, head] for head in heads] },
      { height: 9, panels: [[12, reachable], [12, errors]] },
      { height: 8, panels: [[12, ages], [12, pollDurations]] },
      {
        row: 'Azure',
        bands: [
          { height: 9, panels: [[12, requests], [12, trouble]] },
          { height: 8, panels: [[12, latency], [12, latencies]] },
          { height: 9, panels: [[12, allowed], [12, budgets]] },
        ],
      },
      {
        row: 'The exporter itself',
        bands: [
          { height: 5, panels: [[24, versions]] },
          { height: 8, panels: [[10, tokens], [7, states], [7, messages]] },
        ],
      },
      {
        row: 'Internals',
        collapsed: true,
        bands: [
          { height: 8, panels: [[8, lag], [8, served], [8, scrapes]] },
          { height: 8, panels: [[8, samples], [8, memory], [8, processor]] },
          { height: 7, panels: [[12, unknown], [12, storage]] },
        ],
      },
    ],
  })

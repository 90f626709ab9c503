// Can the numbers be trusted, and is Azure refusing us?
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config)
  local q = (import 'queries.libsonnet')(config);
  local frame = (import 'frame.libsonnet')(config);
  local azure = (import 'exporter_azure.libsonnet')(config);
  local process = (import 'exporter_process.libsonnet')(config);
  local hub = std.join(' ', ['{{%s}}' % label for label in config.extraLabels] + ['{{hub}}']);
  local failedPolls(span) = 'sum by (reason) (%s)' % q.pollErrors(span);

  local heads = [
    panels.alarm({
      title: 'Not scraped',
      description: |||
        How many instances of the exporter did Prometheus fail to scrape last? Their hubs are not watched. When it is
        not 0: look at the error on Prometheus' page Status, Targets, then at the log and exit code of the exporter.
        Trap: a target that was removed from the configuration is not counted, it is simply gone.
      |||,
      noValue: 'no exporter is scraped',
      expr: q.count('%s == 0' % q.own('up'), q.own('up')),
    }),
    panels.alarm({
      title: 'Hubs failing',
      description: |||
        Of how many hubs did the last poll fail? Their numbers are those of the last good poll. When it is not 0: "Can
        the hubs be read?" shows which, "Failed polls by reason" why, and the log of the exporter has Azure's own
        words. Trap: one good replica is enough, another one may be refused.
      |||,
      noValue: 'no hub is watched',
      expr: q.count('%s == 0' % q.up),
    }),
    panels.stat({
      title: 'Good polls',
      description: |||
        What share of the polls in the chosen period succeeded, over all chosen hubs? A short outage of Azure costs
        little; below 99 % look at "Failed polls by reason". Trap: hubs that are polled more often, as their jobs are
        active, weigh more.
      |||,
      noValue: 'no poll in this period',
      unit: 'percentunit',
      decimals: 1,
      filled: true,
      steps: [[palette.bad, null], [palette.warning, 0.95], [palette.good, 0.99]],
      expr: '1 - sum(%s) / (sum(%s) > 0)' % [q.pollErrors('$__range'), q.polls('$__range')],
    }),
    panels.stat({
      title: 'Oldest data',
      description: |||
        How old is the oldest of what the other dashboards show? The time since the last successful poll of the hub
        that was read longest ago. After `stale_after` (15 minutes) its job series are withdrawn. Trap: a hub that was
        never read has no age.
      |||,
      noValue: 'no hub was read yet',
      unit: 's',
      decimals: 0,
      filled: true,
      steps: [[palette.good, null], [palette.warning, 600], [palette.bad, 1800]],
      expr: 'max(%s)' % q.dataAge,
    }),
    panels.stat({
      title: 'Token expires in',
      description: |||
        For how long is the token valid that expires first? Tokens are renewed well before; a number that falls below
        some minutes means that the renewal fails, and "Tokens" says for which credential. At 0 all hubs of that
        credential stop being read. Trap: this is the token, not the secret or certificate behind it.
      |||,
      noValue: 'no token yet',
      unit: 'dtdurations',
      decimals: 0,
      steps: [[palette.bad, null], [palette.warning, 60], [palette.good, 240]],
      expr: 'min(%s) - time()' % q.own('iothub_job_exporter_token_expiry_timestamp_seconds'),
    }),
    panels.stat({
      title: 'Configuration',
      description: |||
        Was the configuration accepted the last time it was read, by every instance? If not, the one before is in
        force, and the log names file, line and column of each mistake. Try a file beforehand with
        `iothub_job_exporter check`. Trap: an instance that refuses its configuration at the start does not run at
        all.
      |||,
      noValue: 'no exporter is scraped',
      filled: true,
      mappings: panels.valueMap([[0, 'refused', palette.bad], [1, 'accepted', palette.good]]),
      steps: [[palette.bad, null], [palette.good, 1]],
      expr: 'min(%s)' % q.own('iothub_job_exporter_config_last_reload_successful'),
    }),
    panels.stat({
      title: 'Ledger',
      description: |||
        Can the ledger of finished jobs be written, by every instance? While it cannot, everything works on, but a
        restart loses what has been counted since; usually the disk is full. "Internals" counts the failed attempts.
        Trap: without `--storage.path` there is no ledger on disk, and counters begin anew with each start.
      |||,
      noValue: 'in memory only',
      filled: true,
      mappings: panels.valueMap([[0, 'not written', palette.bad], [1, 'written', palette.good]]),
      steps: [[palette.bad, null], [palette.good, 1]],
      expr: 'min(%s)' % q.own('iothub_job_exporter_storage_up'),
    }),
    panels.stat({
      title: 'Polls late by',
      description: |||
        By how much is the poll late that has waited longest? Seconds are normal. When it grows, hubs are polled less
        often than configured: Azure slows us down ("Requests that Azure allows"), hubs hang, or there are more hubs
        than `polling.concurrency` can serve. Trap: the age of the data tells what that means for the reader.
      |||,
      noValue: 'no exporter is scraped',
      unit: 's',
      decimals: 0,
      steps: [[palette.good, null], [palette.warning, 60], [palette.bad, config.thresholds.lagSeconds]],
      expr: 'max(%s)' % q.own('iothub_job_exporter_scheduler_lag_seconds'),
    }),
  ];

  local reachable = panels.timeline({
    title: 'Can the hubs be read?',
    description: |||
      Since when can a hub not be read, and was it so before? Read: its last poll succeeded. Not read: its numbers are
      old, or withdrawn. All hubs of a subscription at once point to a role, a credential or throttling, a single one
      to its own access. A gap: the exporter was not there. Trap: one good replica is enough.
    |||,
    noValue: 'no hub is watched',
    interval: '1m',
    expr: q.up,
    legend: hub,
    mappings: panels.valueMap([[0, 'not read', palette.bad], [1, 'read', palette.good]]),
  });

  local errors = panels.bars({
    title: 'Failed polls by reason',
    description: |||
      Why did polls fail? unauthorized: the credential is refused. forbidden: it lacks the role on the hub. not_found:
      the hub is gone or renamed. throttled: Azure Resource Manager limits us. timeout, network, tls: something
      between here and Azure. server_error, bad_response: Azure itself. Trap: what worked at the second or third try
      is not a failed poll.
    |||,
    noValue: 'no poll failed in this period',
    expr: '%s > 0' % failedPolls('$__interval'),
    interval: '5m',
    legend: '{{reason}}',
    overrides: panels.colors(palette.reasons),
  });

  local ages = panels.lines({
    title: 'Age of the data of each hub',
    description: |||
      How old was what was known of each hub? Below a minute or two is normal; a rising line is a hub that is not
      read. The dashed lines are 15 minutes, when job series are withdrawn, and an hour. Many rising at once: see
      "Requests that Azure allows" and "Polls late by". Trap: a hub that was never read has no line.
    |||,
    noValue: 'no hub was read yet',
    unit: 's',
    steps: [[palette.good, null], [palette.warning, 900], [palette.bad, 3600]],
    expr: q.dataAge,
    legend: hub,
  });

  local pollDurations = panels.lines({
    title: 'Duration of the last poll of each hub',
    description: |||
      How long does it take to read a hub? It grows with the number of jobs that Azure remembers (pages of the list)
      and with waiting for Azure's permission. Compare with `polling.interval`: a poll that takes longer makes the
      next one late. Trap: polls that failed count as well, and may be the shortest or the longest.
    |||,
    noValue: 'no poll yet',
    unit: 's',
    expr: q.ofHub('azure_iothub_last_poll_duration_seconds'),
    legend: hub,
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
          { height: 9, panels: [[12, azure.requests], [12, azure.trouble]] },
          { height: 8, panels: [[12, azure.latency], [12, azure.latencies]] },
          { height: 9, panels: [[12, azure.allowed], [12, azure.budgets]] },
        ],
      },
      {
        row: 'The exporter itself',
        bands: [
          { height: 5, panels: [[24, process.versions]] },
          { height: 8, panels: [[10, azure.tokens], [7, process.states], [7, process.messages]] },
        ],
      },
      {
        row: 'Internals',
        collapsed: true,
        bands: [
          { height: 8, panels: [[8, process.lag], [8, process.served], [8, process.scrapes]] },
          { height: 8, panels: [[8, process.samples], [8, process.memory], [8, process.processor]] },
          { height: 7, panels: [[12, process.unknown], [12, process.storage]] },
        ],
      },
    ],
  })

// Are exports, backups and whatever else is expected on time?
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config)
  local q = (import 'queries.libsonnet')(config);
  local frame = (import 'frame.libsonnet')(config);
  local fleets = [{ label: label, name: label } for label in config.extraLabels];
  local named = std.join(' ', ['{{%s}}' % label for label in config.extraLabels] + ['{{hub}} {{job_type}}']);
  local late = [
    [palette.good, null],
    [palette.warning, config.thresholds.lateFactor],
    [palette.bad, config.thresholds.overdueFactor],
  ];

  local met = panels.stat({
    title: 'On time',
    description: |||
      Of how many expectations is the newest completed job young enough? Compare with "Expectations" beside it.
      Those on time, overdue and never completed are all of them but for hubs that cannot be read. Trap: on time now
      does not mean on time every day; "On time in this period" looks back.
    |||,
    noValue: 'nothing is expected',
    decimals: 0,
    expr: q.count('%s <= %s' % [q.age, q.interval], q.interval),
    steps: [[palette.good, null]],
  });

  local all = panels.stat({
    title: 'Expectations',
    description: |||
      How many pairs of hub and job type are expected to complete regularly? Each is an `expect` with
      `completed_within` in the exporter's configuration. Add one for every export or backup that somebody relies on.
      Trap: an expectation of a hub that left the configuration leaves with it.
    |||,
    noValue: 'nothing is expected',
    decimals: 0,
    expr: 'count(%s)' % q.interval,
  });

  local overdue = panels.alarm({
    title: 'Overdue',
    description: |||
      Of how many expectations is the newest completed job older than its interval? The table below says which and
      since when. When it is not 0: look whether the job was submitted at all, then whether it failed or waits. Trap:
      expected jobs that never completed are counted beside this, not here.
    |||,
    noValue: 'nothing is expected',
    expr: q.count(q.overdue, q.interval),
  });

  local never = panels.alarm({
    title: 'Never completed',
    description: |||
      How many expected jobs have no completed run at all, on hubs that can be read? Either none ever ran, or the last
      success is older than Azure's 30 days of memory. When it is not 0: check that the job type is spelled as Azure
      spells it, and that something submits it. Trap: a job that is expected for the first time is here until it
      completes.
    |||,
    noValue: 'nothing is expected',
    expr: q.count(q.never, q.interval),
  });

  local without = panels.stat({
    title: 'Hubs without expectations',
    description: |||
      Of how many hubs is nothing expected? Nobody is told when a job on them does not happen. What to do: add
      `expect` to the hub in the exporter's configuration, or leave it if nothing runs there regularly. Trap: failures
      on these hubs are still noticed; only silence is not.
    |||,
    noValue: 'no hub is watched',
    decimals: 0,
    expr: q.count('%s unless on (%s) azure_iothub_expected_job_interval_seconds{%s}' % [q.up, q.hub, q.chosen()]),
    steps: [[palette.quiet, null], [palette.warning, 1]],
  });

  local worst = panels.stat({
    title: 'Latest of all',
    description: |||
      How late is the latest of the expected jobs, as a share of its interval? Up to 100 % is on time; at 200 % a
      whole run was missed. The table below says which one it is. Trap: expected jobs that never completed are
      not in it.
    |||,
    noValue: 'nothing is expected',
    unit: 'percentunit',
    decimals: 0,
    filled: true,
    steps: late,
    expr: 'max(%s)' % q.lateness,
  });

  local each = panels.table({
    title: 'Each expectation',
    description: |||
      Is each expected job on time, and when is the next one due? "Share" is the age of the newest completed job
      divided by the interval: above 100 % it is overdue. "Of the allowed time" compares the newest duration with
      `max_duration`. What to do: follow the hub. Trap: "due" counts from the end of the newest completed job, not
      from a clock time; "hub not read" says that nothing is known of its jobs.
    |||,
    noValue: 'nothing is expected: add `expect` to a hub in the configuration',
    labels: fleets + [
      { label: 'hub', name: 'Hub', links: [frame.hubOfRow] },
      { label: 'job_type', name: 'Job type' },
    ],
    columns: [
      { name: 'Expected every', expr: q.interval, unit: 'dtdurations', decimals: 1 },
      {
        name: 'State',
        expr: '(%s > bool 1) or 2 + 0 * (%s) or 3 + 0 * %s' % [q.lateness, q.never, q.interval],
        mappings: panels.valueMap([
          [0, 'on time', palette.good],
          [1, 'overdue', palette.bad],
          [2, 'never completed', palette.bad],
          [3, 'hub not read', palette.unknown],
        ]),
        cell: panels.filledCell,
      },
      { name: 'Share', expr: q.lateness, unit: 'percentunit', decimals: 0 },
      { name: 'Last success', expr: '1000 * %s and %s' % [q.end('completed'), q.interval], unit: 'dateTimeFromNow' },
      { name: 'Due', expr: '1000 * (%s + %s)' % [q.end('completed'), q.interval], unit: 'dateTimeFromNow' },
      { name: 'Newest took', expr: '%s and %s' % [q.duration('completed'), q.interval], unit: 's' },
      {
        name: 'Of the allowed time',
        expr: '%s / %s' % [q.duration('completed'), q.allowed],
        unit: 'percentunit',
        decimals: 0,
      },
    ],
    sortBy: ['State', 'Share'],
  });

  local history = panels.lines({
    title: 'Age of the newest success, as a share of the interval',
    description: |||
      Was every expected job on time? Each completed job drops its line to zero; a saw-tooth below 100 % is a schedule
      that is kept, a missing tooth is a missed run. The dashed lines are one and two intervals. Trap: where Azure
      forgot the job or the hub could not be read, there is no line.
    |||,
    noValue: 'nothing is expected',
    unit: 'percentunit',
    decimals: 0,
    steps: late,
    expr: q.lateness,
    legend: named,
  });

  local share = panels.barGauge({
    title: 'On time in this period',
    description: |||
      For what share of the chosen period was each expected job on time? For reviews and for auditors. 99 % and above
      is good; below 95 % the schedule or the storage needs work. Trap: time in which the hub could not be read is
      left out, and a period before the first success is as well.
    |||,
    noValue: 'nothing is expected',
    unit: 'percentunit',
    decimals: 1,
    max: 1,
    steps: [[palette.bad, null], [palette.warning, 0.95], [palette.good, 0.99]],
    expr: 'avg_over_time((%s <= bool 1)[$__range:5m])' % q.lateness,
    legend: named,
  });

  frame.dashboard('expectations', {
    title: 'expectations',
    description: |||
      Are exports, backups and other expected jobs on time, and were they? Expectations come from the exporter's
      configuration.
    |||,
    from: 'now-7d',
    variables: [frame.variables.hub(), frame.variables.jobType],
    annotations: frame.annotations.jobs + frame.annotations.alerts,
    bands: [
      { height: 4, panels: [[4, overdue], [4, never], [4, worst], [4, met], [4, all], [4, without]] },
      { height: 12, panels: [[24, each]] },
      { height: 10, panels: [[14, history], [10, share]] },
    ],
  })

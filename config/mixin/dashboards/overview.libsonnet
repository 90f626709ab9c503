// Is anything wrong with the jobs, and on which hub?
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config)
  local q = (import 'queries.libsonnet')(config);
  local frame = (import 'frame.libsonnet')(config);
  local fleets = [{ label: label, name: label } for label in config.extraLabels];

  local failing = panels.alarm({
    title: 'Failing now',
    description: |||
      How many pairs of hub and job type ended in failure last? Counted when the newest failed job ended after the
      newest completed one, so it goes down with the next success and not with a retry that is merely running. When it
      is not 0: "What is wrong now" says which. Trap: this is not the number of failed jobs, of which Azure lists up
      to 30 days.
    |||,
    noValue: 'no hub is watched',
    expr: q.count(q.failed),
  });

  local overdue = panels.alarm({
    title: 'Overdue',
    description: |||
      Of how many expected jobs is the newest completed one older than its interval? The expectations come from
      `expect` in the exporter's configuration. When it is not 0: look whether the job was submitted at all, then
      whether it failed. Trap: a job that never completed is counted beside this, not here, and of a hub that could
      not be read for a while nothing is known.
    |||,
    noValue: 'nothing is expected',
    expr: q.count(q.overdue, q.interval),
    links: [frame.linkTo('expectations', 'Are exports and backups on time?')],
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
    links: [frame.linkTo('expectations', 'Are exports and backups on time?')],
  });

  local unread = panels.alarm({
    title: 'Hubs not read',
    description: |||
      Of how many hubs did the last poll fail? Until such a hub is readable again its jobs may fail unseen. When it is
      not 0: the dashboard Exporter says since when and why, and the log of the exporter has Azure's own words. Trap:
      one good replica is enough, another one may be refused.
    |||,
    noValue: 'no hub is watched',
    expr: q.count('%s == 0' % q.up),
    links: [frame.linkTo('exporter', 'Can the numbers be trusted?')],
  });

  local oldest = panels.stat({
    title: 'Age of the oldest data',
    description: |||
      May I trust this page? The time since the last successful poll of the hub that was read longest ago; with two
      replicas the fresher one counts. After `stale_after` (15 minutes) the exporter withdraws the job series of such
      a hub, and panels about it are empty. Trap: a hub that was never read has no age; see "Hubs not read".
    |||,
    noValue: 'no hub was read yet',
    expr: 'max(%s)' % q.dataAge,
    unit: 's',
    decimals: 0,
    filled: true,
    steps: [[palette.good, null], [palette.warning, 600], [palette.bad, 1800]],
    links: [frame.linkTo('exporter', 'Can the numbers be trusted?')],
  });

  local active = panels.stat({
    title: 'Active jobs',
    description: |||
      How many jobs are enqueued or running, as of the last polls? A hub runs one import or export at a time. Trap:
      the number is neither good nor bad by itself, and as jobs often take seconds only, it is usually 0.
    |||,
    noValue: 'no hub is watched',
    decimals: 0,
    expr: q.sum(q.jobsByStatus('status=~"enqueued|running"')),
  });

  local oldestActive = panels.stat({
    title: 'Oldest active job',
    description: |||
      Does a job block the only import and export slot of its hub? The time since the start of the oldest job that is
      still enqueued or running. From an hour on compare with the size of the registry, from four hours on assume that
      it hangs; the dashboard Hub shows which. Trap: the start time is the time of submission, so it includes waiting.
    |||,
    noValue: 'nothing is active',
    expr: 'max(%s)' % q.activeAge,
    unit: 'dtdurations',
    decimals: 0,
    steps: [[palette.neutral, null], [palette.warning, 3600], [palette.bad, config.thresholds.stuckSeconds]],
  });

  local attention = panels.table({
    title: 'What is wrong now',
    description: |||
      What needs somebody, where, and for how long has it been so? A row leaves by itself: a failed job with the next
      completed one of its type, an overdue one likewise, the others when the hub can be read or the job ends. What to
      do: follow the hub, read the failure reason with `az iot hub job list --hub-name HUB`, check the storage
      container and the access of the hub's identity to it, then repeat the job. Trap: "overdue" counts from when the
      job was due, "newest job failed" from the failure.
    |||,
    noValue: 'nothing is wrong',
    labels: fleets + [
      { label: 'hub', name: 'Hub', links: [frame.hubOfRow] },
      { label: 'job_type', name: 'Job type' },
      { label: 'problem', name: 'Problem' },
    ],
    columns: [{
      name: 'For',
      expr: q.problems,
      unit: 'dtdurations',
      decimals: 1,
      mappings: panels.valueMap([[-1, 'not known']]),
    }],
    sortBy: ['For'],
  });

  local outcomes = panels.bars({
    title: 'Finished jobs per hour',
    description: |||
      How many jobs finished, and how? Each bar is at least an hour, longer when the time span is long; stacked, as
      each job ends in one way only. A bar of failures wants "Why jobs failed". Trap: counted when the exporter sees
      them end, and what had ended before its first poll is not counted.
    |||,
    noValue: 'no job finished in this period',
    interval: '1h',
    expr: 'sum by (status) (%s)' % q.finished('$__interval'),
    legend: '{{status}}',
    overrides: panels.statuses,
  });

  local verdicts = panels.timeline({
    title: 'Newest job of each hub and type',
    description: |||
      What became of the newest job of each hub and type, and when did that change? Running or enqueued while one is
      active, then how the newest finished job ended. A gap: the exporter had no data. A row that stays failed needs
      somebody; short failures between successes need a look at their pattern. Trap: completed means that the job ran;
      single devices may still have failed, which importerrors.log in the container tells.
    |||,
    noValue: 'no job seen yet',
    interval: '1m',
    expr: q.verdict,
    legend: std.join(' ', ['{{%s}}' % label for label in config.extraLabels] + ['{{hub}} {{job_type}}']),
    mappings: panels.stateNames,
  });

  local reasons = panels.barGauge({
    title: 'Why jobs failed',
    description: |||
      Which classes of failure were there in the chosen period? storage_access: an expired SAS, a missing role of the
      hub's identity, a firewall. container_not_found: the container is gone. bad_input: the blob to import is
      malformed. quota: another job held the slot, or a limit is used up. service: a fault of Azure. other: read the
      failure reason itself. Trap: the class is the exporter's reading of Azure's text.
    |||,
    noValue: 'no job failed in this period',
    decimals: 0,
    expr: 'sum by (failure_class) (%s) > 0' % q.failures('$__range'),
    legend: '{{failure_class}}',
    steps: [[palette.bad, null]],
  });

  local hubs = panels.table({
    title: 'All hubs',
    description: |||
      How did each hub do in the chosen period? "Failed" and "Finished" count jobs that the exporter saw end, "Last
      success" is the end of the newest completed job of any type. "Hidden jobs" are kept from the table of jobs by
      the limits of `job_details`. A hub's name leads to its dashboard and to the Azure portal. Trap: group, location
      and SKU are empty until the hub has been read once.
    |||,
    noValue: 'no hub is watched',
    labels: fleets + [
      { label: 'hub', name: 'Hub', links: [frame.hubOfRow, frame.portalOfRow] },
    ],
    columns: [
      {
        name: 'Reading',
        expr: '1 - ' + q.up,
        mappings: panels.valueMap([[0, 'can be read', palette.good], [1, 'cannot be read', palette.bad]]),
        cell: panels.filledCell,
        width: 130,
      },
      {
        name: 'Failed',
        expr: 'sum by (%s) (%s)' % [q.hub, q.finished('$__range', 'status="failed"')],
        decimals: 0,
        steps: [[palette.quiet, null], [palette.bad, 0.5]],
        cell: panels.coloredText,
        width: 90,
      },
      { name: 'Finished', expr: 'sum by (%s) (%s)' % [q.hub, q.finished('$__range')], decimals: 0, width: 90 },
      {
        name: 'Last success',
        expr: 'time() - max by (%s) (%s)' % [q.hub, q.end('completed')],
        unit: 'dtdurations',
        decimals: 1,
        width: 160,
      },
      { name: 'Age of the data', expr: q.dataAge, unit: 's', decimals: 0, width: 130 },
      { name: 'Hidden jobs', expr: q.ofHub('azure_iothub_job_details_dropped'), decimals: 0, width: 110 },
      { name: 'Info', expr: q.info, unseen: true },
    ],
    after: frame.place,
    sortBy: ['Reading', 'Failed'],
  });

  frame.dashboard('overview', {
    title: 'overview',
    description: |||
      Is anything wrong with the jobs of the identity registries (export, import, backup and others), and on which
      hub? The data come from iothub_job_exporter.
    |||,
    from: 'now-7d',
    variables: [frame.variables.hub(), frame.variables.jobType],
    annotations: frame.annotations.jobs + frame.annotations.alerts,
    bands: [
      {
        height: 4,
        panels: [[3, failing], [3, overdue], [3, never], [3, unread], [4, oldest], [4, active], [4, oldestActive]],
      },
      { height: 11, panels: [[15, attention], [9, reasons]] },
      { height: 10, panels: [[24, verdicts]] },
      { height: 7, panels: [[24, outcomes]] },
      { height: 11, panels: [[24, hubs]] },
    ],
  })

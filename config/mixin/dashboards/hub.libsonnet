// What happened to the jobs of this hub?
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config)
  local q = (import 'queries.libsonnet')(config);
  local frame = (import 'frame.libsonnet')(config);
  local fleets = [{ label: label, name: label } for label in config.extraLabels];
  local jobType = { label: 'job_type', name: 'Job type' };

  local failing = panels.alarm({
    title: 'Types that failed last',
    description: |||
      Of how many job types did the newest finished job fail, with no success since? "Newest job of each type" says
      which and since when. When it is not 0: `az iot hub job list --hub-name HUB` tells the failure reason; repair,
      and repeat the job. Trap: a cancelled job proves nothing and changes nothing here.
    |||,
    noValue: 'choose a hub',
    expr: q.count(q.failed),
  });

  local readable = panels.stat({
    title: 'Can be read',
    description: |||
      Did the last poll of this hub succeed? If not, everything here is as old as "Age of the data" says, and after
      `stale_after` (15 minutes) the panels about jobs are empty. When it is "no": the dashboard Exporter tells the
      reason. Trap: it is about the list of jobs, not about devices or messages.
    |||,
    noValue: 'choose a hub',
    expr: 'min(%s)' % q.up,
    filled: true,
    mappings: panels.yesOrNo,
    steps: [[palette.bad, null], [palette.good, 1]],
    links: [frame.linkTo('exporter', 'Can the numbers be trusted?')],
  });

  local state = panels.stat({
    title: 'Hub is active',
    description: |||
      Is the hub's own state Active? A hub that is being created, deleted or suspended runs no jobs, and none of its
      jobs are shown. When it is "no": look at the hub in the Azure portal. Trap: the state is read less often than
      the jobs.
    |||,
    noValue: 'not read yet',
    expr: 'min(%s)' % q.ofHub('azure_iothub_active'),
    filled: true,
    mappings: panels.yesOrNo,
    steps: [[palette.bad, null], [palette.good, 1]],
  });

  local age = panels.stat({
    title: 'Age of the data',
    description: |||
      How old is what this page says? The time since the last successful poll of the hub. Up to a minute is normal.
      When it grows: "Can be read" and the dashboard Exporter say why. Trap: a hub that was never read has no age.
    |||,
    noValue: 'never read',
    expr: 'max(%s)' % q.dataAge,
    unit: 's',
    decimals: 0,
    filled: true,
    steps: [[palette.good, null], [palette.warning, 600], [palette.bad, 1800]],
  });

  local active = panels.stat({
    title: 'Oldest active job',
    description: |||
      For how long has the oldest job been enqueued or running? A hanging import or export blocks the only slot of the
      hub, so that exports fail from then on. Compare with "Allowed" in the table of newest jobs. Trap: counted from
      the submission, so waiting is included.
    |||,
    noValue: 'nothing is active',
    expr: 'max(%s)' % q.activeAge,
    unit: 'dtdurations',
    decimals: 0,
    steps: [[palette.neutral, null], [palette.warning, 3600], [palette.bad, config.thresholds.stuckSeconds]],
  });

  local success = panels.stat({
    title: 'Last success',
    description: |||
      How long ago did a job of the chosen types complete on this hub? Whether that is too long depends on what is
      expected of it: the dashboard Expectations knows. Trap: with several job types chosen, the newest success of any
      of them counts.
    |||,
    noValue: 'none seen',
    expr: 'time() - max(%s)' % q.end('completed'),
    unit: 'dtdurations',
    decimals: 0,
    links: [frame.linkTo('expectations', 'Are exports and backups on time?')],
  });

  local identity = panels.table({
    title: 'Where this hub is',
    description: |||
      Which hub is this? Its group, location, SKU and subscription, and a link to it in the Azure portal under its
      name. From Azure, once the hub has been read; until then these cells are empty. Trap: a hub that was deleted and
      created again keeps its name.
    |||,
    noValue: 'choose a hub',
    labels: fleets + [{ label: 'hub', name: 'Hub', links: [frame.portalOfRow] }],
    columns: [{ name: 'Info', expr: q.info, unseen: true }],
    after: frame.place,
    sortBy: ['Hub'],
  });

  local verdicts = panels.timeline({
    title: 'Newest job of each type',
    description: |||
      What became of the newest job of each type, and when did that change? Running or enqueued while one is active,
      then how the newest finished job ended. The marks above are the true ends of failed jobs. A gap: the exporter
      had no data. Trap: completed means that the job ran; single devices may still have failed, see importerrors.log
      in the container.
    |||,
    noValue: 'no job seen yet',
    interval: '1m',
    expr: q.verdict,
    legend: '{{job_type}}',
    mappings: panels.stateNames,
  });

  local newest = panels.table({
    title: 'Newest jobs',
    description: |||
      When did each type of job last start and succeed, and how long did it take? "Allowed" and "Expected every" are
      `max_duration` and `completed_within` of `expect` in the exporter's configuration. What to do when "Completed
      in" comes near "Allowed": look at the size of the registry and at what shares the slot. Trap: the start is the
      time of submission, so durations include waiting.
    |||,
    noValue: 'no job seen yet',
    labels: fleets + [{ label: 'hub', name: 'Hub' }, jobType],
    columns: [
      {
        name: 'Last start',
        expr: '1000 * ' + q.of('azure_iothub_last_job_start_timestamp_seconds'),
        unit: 'dateTimeFromNow',
      },
      { name: 'Last success', expr: '1000 * ' + q.end('completed'), unit: 'dateTimeFromNow' },
      { name: 'Completed in', expr: q.duration('completed'), unit: 's' },
      { name: 'Last failure', expr: '1000 * ' + q.end('failed'), unit: 'dateTimeFromNow' },
      { name: 'Failed after', expr: q.duration('failed'), unit: 's' },
      { name: 'Allowed', expr: q.allowed, unit: 'dtdurations', decimals: 1 },
      { name: 'Expected every', expr: q.interval, unit: 'dtdurations', decimals: 1 },
    ],
    sortBy: ['Last start'],
  });

  local known = panels.barGauge({
    title: 'Jobs that Azure remembers',
    description: |||
      How many jobs of each type and status are there on this hub, as of the last poll? Azure keeps up to 30 days of
      them. Many failed ones among few: look at "Newest job of each type" for the pattern. Trap: these numbers also go
      down when old jobs are forgotten, and a failed job here may be long repaired.
    |||,
    noValue: 'no job seen yet',
    decimals: 0,
    expr: 'sum by (job_type, status) (%s) > 0' % q.jobsByStatus(),
    legend: '{{job_type}} {{status}}',
    overrides: [
      {
        matcher: { id: 'byRegexp', options: '.* %s' % status },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: palette[status] } }],
      }
      for status in palette.states
    ],
  });

  local slot = panels.lines({
    title: 'Slot for imports and exports in use',
    description: |||
      What share of the time was the hub's one place for an import or export taken? Above 90 % the next job is likely
      to be refused or to wait: spread the schedules, or find what hangs. From the jobs' own times, so it says nothing
      of jobs that Azure has forgotten. Trap: a job is credited when it is seen, so short spans show steps.
    |||,
    noValue: 'no data in this period',
    unit: 'percentunit',
    max: 1,
    steps: [[palette.good, null], [palette.bad, config.thresholds.slotShare]],
    expr: q.busy('export|import'),
    legend: 'in use',
    custom: { fillOpacity: 30 },
    overrides: panels.colors({ 'in use': palette.running }),
  });

  local activeAges = panels.lines({
    title: 'Age of the active job',
    description: |||
      How long have the jobs been active that are enqueued or running? Short teeth are normal; a line that keeps
      rising is a job that hangs, or a large registry. A dashed line is the limit from `max_duration` of `expect`.
      When a line crosses it: cancel the job in Azure or ask support, as the slot stays blocked until then. Trap:
      counted from the submission.
    |||,
    noValue: 'nothing was active in this period',
    unit: 's',
    targets: [
      { expr: q.activeAge, legend: '{{job_type}}' },
      { expr: q.allowed, legend: '{{job_type}}: allowed' },
    ],
    overrides: panels.colors(palette.types) + [panels.limit('.*: allowed')],
  });

  local lengths = panels.steps({
    title: 'Duration of the newest completed job',
    description: |||
      Do jobs take longer than they used to? Each step is a newly completed job, the dashed line is the median of the
      last seven days. A steady rise follows the number of devices; a jump is worth a look at the storage account and
      at what else ran. Trap: from submission to end, so waiting for the slot is included.
    |||,
    noValue: 'no completed job seen yet',
    unit: 's',
    targets: [
      { expr: q.duration('completed'), legend: '{{job_type}}' },
      { expr: 'quantile_over_time(0.5, (%s)[7d:1h])' % q.duration('completed'), legend: '{{job_type}}: median' },
    ],
    overrides: panels.colors(palette.types) + [panels.limit('.*: median')],
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

  local outcomes = panels.bars({
    title: 'Finished jobs per hour',
    description: |||
      How many jobs finished on this hub, and how? Each bar is at least an hour, longer when the time span is long;
      stacked, as each job ends in one way only. Failures at the same time of the day point to the schedule. Trap:
      counted when the exporter sees them end, and what had ended before its first poll is not counted.
    |||,
    noValue: 'no job finished in this period',
    interval: '1h',
    expr: 'sum by (status) (%s)' % q.finished('$__interval'),
    legend: '{{status}}',
    overrides: panels.statuses,
  });

  local bounds = panels.valueMap([[index, q.durationBounds[index]] for index in std.range(0, std.length(q.durationBounds) - 1)]);
  local quantiles = panels.table({
    title: 'Durations in this period',
    description: |||
      How long do completed jobs take? Half of them and 95 % of them took no longer than the columns say. Use these
      numbers to choose `max_duration`. From a histogram, so they are the upper bounds of its buckets (1, 5, 15, 30 s,
      1, 2, 5, 10, 30 min, 1, 2, 6, 24 h). Trap: "6 h" is said of jobs of 2 to 6 hours, so it is no proof that a limit
      of 3 hours was broken; waiting for the slot is included.
    |||,
    noValue: 'no job completed in this period',
    labels: fleets + [{ label: 'hub', name: 'Hub' }, jobType],
    columns: [
      { name: 'Half took at most', expr: q.quantile('0.5'), mappings: bounds },
      { name: '95 % took at most', expr: q.quantile('0.95'), mappings: bounds },
    ],
    sortBy: ['95 % took at most'],
  });

  local distribution = panels.heatmap({
    title: 'Distribution of durations',
    description: |||
      How are the durations of finished jobs spread, and does that change? A brighter field holds more jobs; a second
      band above the first is a second kind of job, or waiting. Useful where jobs are many. Trap: the height of a
      field is that of its bucket, so tall fields are not important ones.
    |||,
    noValue: 'no job finished in this period',
    unit: 's',
    interval: '1h',
    expr: 'sum by (le) (%s)' % q.durations('$__interval'),
    legend: '{{le}}',
  });

  local missing = panels.alarm({
    title: 'Named jobs not found',
    description: |||
      How many of the job ids that the configuration names does Azure not know? A job that is 30 days old is
      forgotten, an id with a slip was never there. What to do: remove or correct the id under `jobs` of the hub.
      Trap: a hub without named ids has no value here.
    |||,
    noValue: 'no job is named',
    expr: q.count('%s == 0' % q.named, q.named),
  });

  local hidden = panels.stat({
    title: 'Hidden jobs',
    description: |||
      How many jobs are missing from the table "Jobs" because of its limits? `max_per_hub` and `max_total` of
      `job_details` in the exporter's configuration keep the number of series in bounds; the newest jobs are shown.
      When it is not 0 and matters: raise the limits. Trap: counts and alerts never depend on this table.
    |||,
    noValue: 'job details are off',
    decimals: 0,
    expr: 'sum(%s)' % q.ofHub('azure_iothub_job_details_dropped'),
    steps: [[palette.quiet, null], [palette.warning, 1]],
  });

  local how = panels.text({
    title: 'Where the rows come from',
    description: 'How single jobs get into the table beside this text, and why they may be missing.',
    content: |||
      Single jobs are shown for ids under `jobs` of a hub, and for all recent ones with

      ```yaml
      job_details:
        enabled: true
      ```

      in the exporter's configuration. Azure's failure reason of a job is told by `az iot hub job show`, not by metrics%s.
    ||| % (
      if config.exporterURL == '' then ''
      else '; the hubs as the exporter sees them are on [its own page](%s/)' % config.exporterURL
    ),
  });

  local job(metric, labels=[]) = q.job(metric, labels);
  local jobs = panels.table({
    title: 'Jobs',
    description: |||
      Which jobs are there, how did they end and how long did they take? Only ids named under `jobs` of a hub, or
      listed jobs when `job_details` is enabled in the exporter's configuration, within its limits. To read a failure
      reason take the id: `az iot hub job show --hub-name HUB --job-id ID`. Trap: the duration of an active job is its
      age at the last poll, and a start is the time of submission.
    |||,
    noValue: 'single jobs are not exported: enable job_details, or name job ids',
    labels: fleets + [
      { label: 'hub', name: 'Hub' },
      jobType,
      { label: 'job_id', name: 'Job', width: 320 },
      { label: 'status', name: 'Status', mappings: panels.statusColors, cell: panels.filledCell, width: 110 },
    ],
    columns: [
      { name: 'State', expr: job('azure_iothub_job_status', ['status']) + ' == 1', unseen: true },
      { name: 'Started', expr: '1000 * ' + job('azure_iothub_job_start_timestamp_seconds'), unit: 'dateTimeAsIso' },
      { name: 'Ended', expr: '1000 * ' + job('azure_iothub_job_end_timestamp_seconds'), unit: 'dateTimeAsIso' },
      { name: 'Duration', expr: job('azure_iothub_job_duration_seconds', ['status']), unit: 's' },
      { name: 'Info', expr: job('azure_iothub_job_info', ['parent_job_id']), unseen: true },
    ],
    after: [{ label: 'parent_job_id', name: 'Parent job' }],
    sortBy: ['Started'],
  });

  frame.dashboard('hub', {
    title: 'hub',
    description: |||
      What happened to the jobs of this hub: how they ended, how long they took, why they failed, and what is under
      way.
    |||,
    from: 'now-7d',
    variables: [frame.variables.hub(several=false), frame.variables.jobType],
    annotations: frame.annotations.jobs + frame.annotations.alerts,
    bands: [
      { height: 4, panels: [[4, failing], [4, readable], [4, state], [4, age], [4, active], [4, success]] },
      { height: 7, panels: [[24, verdicts]] },
      { height: 6, panels: [[24, newest]] },
      { height: 8, panels: [[12, outcomes], [12, reasons]] },
      { height: 8, panels: [[12, activeAges], [12, slot]] },
      { height: 8, panels: [[12, lengths], [12, known]] },
      { height: 4, panels: [[24, identity]] },
      {
        row: 'Single jobs',
        bands: [
          { height: 6, panels: [[4, missing], [4, hidden], [16, quantiles]] },
          { height: 11, panels: [[19, jobs], [5, how]] },
        ],
      },
      {
        row: 'Distribution of durations over time',
        collapsed: true,
        bands: [{ height: 9, panels: [[24, distribution]] }],
      },
    ],
  })

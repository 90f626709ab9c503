// What the dashboards have in common: head, variables, links, annotations, and how panels are laid out.
local palette = import 'palette.libsonnet';
local panels = import 'panels.libsonnet';

function(config) {
  local queries = (import 'queries.libsonnet')(config),
  local uid(name) = config.uidPrefix + name,

  // --- variables

  local dataSource = {
    name: 'datasource',
    label: 'Data source',
    type: 'datasource',
    description: 'Any data source of type Prometheus that holds the metrics of the exporter',
    query: 'prometheus',
    refresh: 1,
    regex: '',
    multi: false,
    includeAll: false,
    current: {},
    options: [],
    hide: 0,
    skipUrlSync: false,
  },

  local query(name, label, description, expression, several=true) = {
    name: name,
    label: label,
    type: 'query',
    description: description,
    datasource: panels.dataSource,
    query: { query: expression, refId: 'PrometheusVariableQueryEditor-VariableQuery', qryType: 1 },
    definition: expression,
    refresh: 2,
    regex: '',
    sort: 5,
    multi: several,
    includeAll: several,
    current: if several then { selected: true, text: ['All'], value: ['$__all'] } else {},
    options: [],
    hide: 0,
    skipUrlSync: false,
  } + (if several then { allValue: '.+' } else {}),

  local values(metric, matchers, label) =
    'label_values(%s, %s)' % [if matchers == '' then metric else '%s{%s}' % [metric, matchers], label],
  // Matchers of the variables before one: each offers what the choices so far leave.
  local fleet(count) = std.join(', ', [part for part in [config.selector] + [
    '%s=~"$%s"' % [label, label]
    for label in config.extraLabels[:count]
  ] if part != '']),

  local extra = [
    query(config.extraLabels[index],
          config.extraLabels[index],
          'Which fleet: the label ' + config.extraLabels[index],
          values('azure_iothub_up', fleet(index), config.extraLabels[index]))
    for index in std.range(0, std.length(config.extraLabels) - 1)
  ],

  variables:: {
    // azure_iothub_up is there before the first job is seen, so these lists are never empty without a reason.
    hub(several=true):: query('hub',
                              'Hub',
                              'Hubs that the exporter watches',
                              values('azure_iothub_up', queries.unbound(), 'hub'),
                              several),
    jobType:: query('job_type',
                    'Job type',
                    'Types of jobs seen on these hubs',
                    values('azure_iothub_jobs_finished_total', queries.chosen(), 'job_type')),
    job:: query('job',
                'Scrape job',
                'Scrape jobs that read an exporter',
                values('iothub_job_exporter_build_info', queries.unbound(), 'job')),
    instance:: query('instance',
                     'Instance',
                     'Instances of the exporter',
                     values('iothub_job_exporter_build_info', queries.unbound('job=~"$job"'), 'instance')),
  },

  // --- links

  // To another of our dashboards, with the time span and the data source; `more` sets or carries variables.
  url(name, more=''):: '/d/%s?${__url_time_range}&${datasource:queryparam}%s%s' % [
    uid(name),
    std.join('', ['&${%s:queryparam}' % label for label in config.extraLabels]),
    more,
  ],
  linkTo(name, title):: { title: title, url: $.url(name, '&${hub:queryparam}'), targetBlank: false },
  // From a row of a table whose column Hub is shown.
  hubOfRow:: {
    title: 'What happened to the jobs of this hub',
    url: $.url('hub', '&var-hub=${__data.fields.Hub}'),
    targetBlank: false,
  },
  // Where a hub is, as columns of a table that asks for azure_iothub_info; the link to the portal goes by them.
  place:: [
    { label: 'resource_group', name: 'Group' },
    { label: 'location', name: 'Location', width: 130 },
    { label: 'sku', name: 'SKU', width: 70 },
    { label: 'subscription_id', name: 'Subscription', width: 310 },
  ],
  portalOfRow:: {
    title: 'Open this hub in the Azure portal',
    url: config.portalURL + '/#resource/subscriptions/${__data.fields.Subscription}/resourceGroups/${__data.fields.Group}' +
         '/providers/Microsoft.Devices/IotHubs/${__data.fields.Hub}/overview',
    targetBlank: true,
  },

  local dropDown = {
    type: 'dashboards',
    title: 'Azure IoT Hub jobs',
    icon: 'external link',
    tags: config.tags,
    asDropdown: true,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
    tooltip: 'The other dashboards of the same exporter',
    url: '',
  },
  local exporterPage = {
    type: 'link',
    title: "Exporter's page",
    icon: 'external link',
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    targetBlank: true,
    tooltip: 'The hubs as the exporter sees them this moment',
    url: config.exporterURL + '/',
  },

  // --- annotations

  local annotation(name, enabled, color, expression, title, text, tags) = {
    name: name,
    datasource: panels.dataSource,
    enable: enabled,
    hide: false,
    iconColor: color,
    expr: expression,
    step: '60s',
    titleFormat: title,
    textFormat: text,
    tagKeys: tags,
  },
  // The value is the time in milliseconds, so each job is one mark at its true end, however wide the steps are.
  local finished(status, name, enabled) = annotation(
    name,
    enabled,
    palette[status],
    '1000 * ' + queries.end(status),
    '{{job_type}} %s on {{hub}}' % status,
    'The newest %s job ended' % status,
    queries.pair
  ) + { useValueForTime: true },

  annotations:: {
    jobs:: [finished('failed', 'Failed jobs', true), finished('completed', 'Completed jobs', false)],
    alerts:: [annotation(
      'Firing alerts',
      false,
      palette.warning,
      'max by (%s) (ALERTS{%s})' % [
        queries.by(['alertname', 'hub', 'job_type']),
        queries.unbound('alertname=~"AzureIotHub.*", alertstate="firing"'),
      ],
      '{{alertname}}',
      '{{hub}} {{job_type}}',
      'alertname,hub,job_type',
    )],
    restarts:: [annotation(
      'Exporter starts',
      true,
      palette.running,
      '1000 * ' + queries.own('process_start_time_seconds'),
      'Exporter started',
      '{{instance}}',
      'instance',
    ) + { useValueForTime: true }],
  },

  // --- layout

  // Bands from top to bottom: { height, panels: [[width, panel], …] }, or { row: title, collapsed, bands }.
  local band(panels_, height, y) = [
    panels_[index][1] {
      gridPos: {
        x: std.foldl(function(sum, panel) sum + panel[0], panels_[:index], 0),
        y: y,
        w: panels_[index][0],
        h: height,
      },
    }
    for index in std.range(0, std.length(panels_) - 1)
  ],
  local heading(title, collapsed, inner, y) =
    [{
      type: 'row',
      title: title,
      collapsed: collapsed,
      panels: if collapsed then inner else [],
      gridPos: { x: 0, y: y, w: 24, h: 1 },
    }] +
    (if collapsed then [] else inner),
  local placed(bands, y) =
    if std.length(bands) == 0 then []
    else if 'row' in bands[0] then
      local inner = placed(bands[0].bands, y + 1);
      local collapsed = 'collapsed' in bands[0] && bands[0].collapsed;
      local after = if collapsed then y + 1 else std.foldl(function(sum, b) sum + b.height, bands[0].bands, y + 1);
      heading(bands[0].row, collapsed, inner, y) + placed(bands[1:], after)
    else band(bands[0].panels, bands[0].height, y) + placed(bands[1:], y + bands[0].height),

  // Ids follow the order, those inside of collapsed rows too.
  local numbered(list, from) =
    if std.length(list) == 0 then []
    else
      local inner = if 'panels' in list[0] then list[0].panels else [];
      [list[0] { id: from } + (if inner != [] then { panels: numbered(inner, from + 1) } else {})] +
      numbered(list[1:], from + 1 + std.length(inner)),

  dashboard(name, o):: {
    uid: uid(name),
    id: null,
    title: config.titlePrefix + o.title,
    description: panels.prose(o.description),
    tags: config.tags,
    schemaVersion: 39,
    version: 1,
    editable: false,
    fiscalYearStartMonth: 0,
    graphTooltip: 1,
    liveNow: false,
    weekStart: '',
    timezone: 'browser',
    time: { from: o.from, to: 'now' },
    timepicker: {},
    refresh: '1m',
    links: [dropDown] + (if config.exporterURL == '' then [] else [exporterPage]),
    annotations: { list: o.annotations },
    templating: { list: [dataSource] + extra + o.variables },
    panels: numbered(placed(o.bands, 0), 1),
  },
}

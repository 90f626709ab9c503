// One function for each kind of panel, all of Grafana's own. Each takes an object:
//
//   title, description, noValue  what it asks, how to read it, and what an empty panel means
//   expr, or targets             one query, or a list of { expr, legend }
//   unit, decimals, min, max, steps, mappings, links, overrides  as Grafana's field options
//
// Size and place are given by `frame.libsonnet`.
local palette = import 'palette.libsonnet';

local dataSource = { type: 'prometheus', uid: '${datasource}' };
local letters = 'ABCDEFGHIJKLMNOP';

// Thresholds from [colour, from which value on] pairs.
local thresholds(steps) = {
  mode: 'absolute',
  steps: [{ color: step[0], value: step[1] } for step in steps],
};

local fixed(color) = { mode: 'fixed', fixedColor: color };

local target(o, index, defaults) = {
  datasource: dataSource,
  refId: letters[index],
  editorMode: 'code',
  expr: o.expr,
  format: 'time_series',
  instant: !self.range,
  range: false,
  legendFormat: if 'legend' in o then o.legend else '__auto',
} + defaults + (if 'interval' in o then { interval: o.interval } else {});

local targets(o, defaults) =
  local list = if 'targets' in o then o.targets else [o];
  [target(list[index], index, defaults) for index in std.range(0, std.length(list) - 1)];

// Written in lines, read as one.
local prose(text) = std.join(' ', [line for line in std.split(text, '\n') if line != '']);

local given(o, keys) = { [key]: o[key] for key in keys if key in o };

local base(kind, o, defaults, query) = {
  type: kind,
  title: o.title,
  description: prose(o.description),
  datasource: dataSource,
  fieldConfig: {
    defaults: {
      unit: 'short',
      noValue: o.noValue,
      color: fixed(palette.neutral),
      thresholds: thresholds(if 'steps' in o then o.steps else [[palette.neutral, null]]),
      mappings: if 'mappings' in o then o.mappings else [],
    } + defaults + given(o, ['unit', 'decimals', 'min', 'max']),
    overrides: if 'overrides' in o then o.overrides else [],
  },
  links: if 'links' in o then o.links else [],
  targets: targets(o, query),
  pluginVersion: '10.4.0',
} + given(o, ['interval', 'maxDataPoints', 'timeFrom']);

local reduce = { calcs: ['lastNotNull'], fields: '', values: false };
local now = { range: false };
local overTime = { range: true };

{
  dataSource:: dataSource,
  prose:: prose,

  // Texts and colours for values: [[1, 'yes', '#009E73'], …]. Without a colour the text alone changes.
  valueMap(pairs):: [{
    type: 'value',
    options: {
      [std.toString(pairs[index][0])]:
        { text: pairs[index][1], index: index } + (if std.length(pairs[index]) > 2 then { color: pairs[index][2] } else {})
      for index in std.range(0, std.length(pairs) - 1)
    },
  }],
  yesOrNo:: self.valueMap([[0, 'no', palette.bad], [1, 'yes', palette.good]]),
  stateNames:: self.valueMap([
    [index + 1, palette.states[index], palette[palette.states[index]]]
    for index in std.range(0, std.length(palette.states) - 1)
  ]),
  statusColors:: self.valueMap([[state, state, palette[state]] for state in palette.states]),

  // Overrides of one field, by its displayed name.
  override(name, properties):: {
    matcher: { id: 'byName', options: name },
    properties: [{ id: id, value: properties[id] } for id in std.objectFields(properties)],
  },
  // A colour for each name of a list that is known beforehand, in the order of the names.
  colors(byName):: [self.override(name, { color: fixed(byName[name]) }) for name in std.objectFields(byName)],
  statuses:: self.colors({ [status]: palette[status] for status in palette.states } + { other: palette.unknown }),
  // A limit beside what it limits.
  limit(regex):: {
    matcher: { id: 'byRegexp', options: regex },
    properties: [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.showPoints', value: 'never' },
      { id: 'color', value: fixed(palette.quiet) },
    ],
  },

  // One number. `filled` colours the whole box: for what is either good or bad.
  stat(o):: base('stat', o, { color: { mode: 'thresholds' } }, now) + {
    options: {
      colorMode: if 'filled' in o && o.filled then 'background_solid' else 'value',
      graphMode: 'none',
      justifyMode: 'center',
      orientation: 'auto',
      textMode: if 'text' in o then o.text else 'value',
      wideLayout: true,
      showPercentChange: false,
      reduceOptions: reduce,
    },
  },
  // A count of things that ought to be none.
  alarm(o):: self.stat({ filled: true, decimals: 0, steps: [[palette.good, null], [palette.bad, 1]] } + o),

  barGauge(o):: base('bargauge', o, { min: 0 } + (if 'steps' in o then { color: { mode: 'thresholds' } } else {}), now) + {
    options: {
      displayMode: 'basic',
      orientation: 'horizontal',
      namePlacement: 'left',
      showUnfilled: true,
      sizing: 'auto',
      valueMode: 'color',
      minVizHeight: 16,
      minVizWidth: 8,
      maxVizHeight: 40,
      text: { titleSize: 12, valueSize: 18 },
      reduceOptions: reduce,
    },
  },

  local timeseries(o, custom, color) = base('timeseries', o, {
    min: 0,
    color: color,
    custom: {
      drawStyle: 'line',
      lineInterpolation: 'linear',
      lineWidth: 1,
      fillOpacity: 0,
      pointSize: 5,
      showPoints: 'auto',
      spanNulls: false,
      stacking: { mode: 'none', group: 'A' },
      thresholdsStyle: { mode: if 'steps' in o then 'dashed' else 'off' },
      axisPlacement: 'auto',
      axisLabel: '',
      scaleDistribution: { type: 'linear' },
    } + custom,
  }, overTime) + {
    options: {
      legend: {
        displayMode: 'list',
        placement: 'bottom',
        showLegend: true,
        calcs: [],
      } + (if 'legendTable' in o then { displayMode: 'table', placement: 'right', calcs: o.legendTable } else {}),
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },

  // Lines of hubs, types or instances, of which nobody knows how many there are: shades of one blue that is no state's
  // colour, as the greens and reds of Grafana's palette would look like states, and alike to many eyes. Lines with names
  // that are known beforehand have colours of their own by `colors`.
  lines(o):: timeseries(o, if 'custom' in o then o.custom else {}, { mode: 'shades', fixedColor: palette.several }),
  // Where one line is far above the others.
  logarithmic(o):: self.lines(o { custom: { scaleDistribution: { type: 'log', log: 10 } } }),
  // Steps between values that hold until the next one.
  steps(o):: self.lines(o { custom: { lineInterpolation: 'stepAfter' } }),
  // Counts per bar; stacked, as they are parts of one whole.
  bars(o):: timeseries(
    { decimals: 0 } + o,
    {
      drawStyle: 'bars',
      lineWidth: 0,
      fillOpacity: 90,
      showPoints: 'never',
      stacking: { mode: 'normal', group: 'A' },
    },
    fixed(palette.unknown)
  ),

  timeline(o):: base('state-timeline', { steps: [[palette.quiet, null]] } + o, {
    color: fixed(palette.quiet),
    custom: { lineWidth: 0, fillOpacity: 90, spanNulls: false, insertNulls: false },
  }, overTime) + {
    options: {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.85,
      perPage: 20,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'single', sort: 'none' },
    },
  },

  // Buckets of a histogram over time; one colour from dark to bright, which needs no eye for red and green.
  heatmap(o):: base('heatmap', o, {
    custom: { scaleDistribution: { type: 'linear' }, hideFrom: { tooltip: false, viz: false, legend: false } },
  }, overTime { format: 'heatmap' }) + {
    options: {
      calculate: false,
      cellGap: 1,
      cellValues: { unit: 'short', decimals: 0 },
      color: {
        mode: 'scheme',
        scheme: 'Cividis',
        exponent: 0.5,
        fill: palette.unknown,
        reverse: false,
        scale: 'exponential',
        steps: 64,
      },
      exemplars: { color: palette.failed },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', showColorScale: true, yHistogram: false },
      yAxis: { axisPlacement: 'left', reverse: false, unit: o.unit },
    },
  },

  // A row for each combination of `labels`, [{ label, name, … }], and a column for each query of `columns`,
  // [{ name, expr, … }]; both take field options by their names. The first column says which rows there are, if several
  // are alike. `after` has labels that are shown behind the columns, `sortBy` names columns whose greatest values come
  // first.
  table(o)::
    local columns = o.columns;
    local indices = std.range(0, std.length(columns) - 1);
    local labels = o.labels + (if 'after' in o then o.after else []);
    local value(index) = 'Value #' + letters[index];
    local field(column) = {
      [key]: column[key]
      for key in ['unit', 'decimals', 'mappings', 'links']
      if key in column
    } + (if 'width' in column then { 'custom.width': column.width } else {}) + (
      if 'hidden' in column then { 'custom.hidden': true } else {}
    ) + (
      if 'cell' in column then { 'custom.cellOptions': column.cell } else {}
    ) + (
      if 'steps' in column then { thresholds: thresholds(column.steps), color: { mode: 'thresholds' } } else {}
    );
    local fields = [column for column in labels + columns if field(column) != {}];
    // The organize transformation shows fields in the order of these numbers.
    local shown = [label.label for label in o.labels] + [value(index) for index in indices] +
                  [label.label for label in labels[std.length(o.labels):]];
    base('table', o {
      targets: columns,
      // The panel's own noValue is for a table without rows; a cell that is empty says less.
      overrides: [{ matcher: { id: 'byRegexp', options: '.*' }, properties: [{ id: 'noValue', value: '–' }] }] +
                 [$.override(column.name, field(column)) for column in fields],
    }, {
      color: fixed(palette.quiet),
      custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: false, inspect: false },
    }, now { format: 'table' }) + {
      options: {
        cellHeight: 'sm',
        showHeader: true,
        footer: { show: false, reducer: ['sum'], countRows: false, fields: '' },
        sortBy: [{ displayName: name, desc: true } for name in o.sortBy],
      },
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true } + { [value(index)]: true for index in indices if 'unseen' in columns[index] } +
                           (if 'unseen' in columns[0] then { Value: true } else {}),
            indexByName: { [shown[index]]: index for index in std.range(0, std.length(shown) - 1) },
            renameByName: { [label.label]: label.name for label in labels } +
                          { [value(index)]: columns[index].name for index in indices } +
                          // What Grafana calls the values of a query that is the only one, or the only one with data.
                          (if 'unseen' in columns[0] then {} else { Value: columns[0].name }),
          },
        },
      ],
    },

  // Cells: coloured as a whole, or only their text.
  filledCell:: { type: 'color-background', mode: 'basic', applyToRow: false },
  coloredText:: { type: 'color-text' },

  text(o):: {
    type: 'text',
    title: o.title,
    description: prose(o.description),
    options: { mode: 'markdown', content: o.content },
    pluginVersion: '10.4.0',
  },
}

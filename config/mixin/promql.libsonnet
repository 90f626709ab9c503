// Words of PromQL that honour the settings: selectors, lists of labels, and the same in the texts of alerts.
//
//   local promql = (import 'promql.libsonnet')(config);
function(config) {
  local selector = std.stripChars(config.selector, ' '),
  assert !std.endsWith(selector, ',') : 'the setting selector ends with a comma: %s' % config.selector,
  local nonEmpty(list) = std.filter(function(text) text != '', list),

  // metric{selector, matchers}
  series(metric, matchers='')::
    local all = std.join(', ', nonEmpty([config.selector, matchers]));
    if all == '' then metric else '%s{%s}' % [metric, all],

  // What a series last said within the window, whether or not it is still there.
  last(metric, window, matchers='')::
    'last_over_time(%s[%s])' % [$.series(metric, matchers), window],

  // The hubs that the exporter's configuration has, through a restart: one that left takes its alerts with it.
  watched:: 'group by (%s) (%s)' % [$.hub, $.last('azure_iothub_info', config.memory.restart)],

  // The hubs that Azure does not call active, through a restart: they run no jobs, and the exporter shows none of theirs.
  inactive:: 'max by (%s) (%s) == 0' % [$.hub, $.last('azure_iothub_active', config.memory.restart)],

  // Written over several lines or one: without the end of the line where there is one only.
  expression(text):: if std.length(std.split(text, '\n')) == 2 then std.strReplace(text, '\n', '') else text,

  // The labels that tell hubs apart, and more of them, as `by` and `on` want them.
  labels(more):: std.join(', ', config.extraLabels + more),
  hub:: $.labels(['hub']),
  hubAndType:: $.labels(['hub', 'job_type']),

  // In texts: "10 minutes" for 10m.
  spelled(duration)::
    local count = std.substr(duration, 0, std.length(duration) - 1);
    local units = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', y: 'year' };
    local last = duration[std.length(duration) - 1];
    assert std.objectHas(units, last) && count != '' && std.length(std.stripChars(count, '0123456789')) == 0 :
           'the duration "%s" is not a whole number and one of s, m, h, d, w, y, such as 90m' % duration;
    '%s %s%s' % [count, units[last], if count == '1' then '' else 's'],

  // In texts: "the last hour" for 1h, "the last 6 hours" for 6h.
  theLast(duration):: std.strReplace('the last ' + $.spelled(duration), 'last 1 ', 'last '),

  // In texts: "hub red", or "hub red (cluster production)".
  hubText:: 'hub {{ $labels.hub }}' + $.extraText,
  extraText::
    if config.extraLabels == [] then ''
    else ' (%s)' % std.join(', ', ['%s {{ $labels.%s }}' % [name, name] for name in config.extraLabels]),

  // In texts: a selector of the very series that an alert is about.
  theirs(metric, names, matchers='')::
    local labels = ['%s="{{ $labels.%s }}"' % [name, name] for name in config.extraLabels + names];
    $.series(metric, std.join(', ', nonEmpty(labels + [matchers]))),
}

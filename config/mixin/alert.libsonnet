// One alert rule: name, severity, wait and links are the same for all of them.
//
//   local alert = (import 'alert.libsonnet')(config);
//   alert('JobFailed', expression, summary, description, alert.dashboard('hub', ['hub', 'job_type']))
local prefix = 'AzureIotHub';

function(config) {
  local promql = (import 'promql.libsonnet')(config),

  // The address of a dashboard that shows what the alert is about: `names` are labels of the alert, and variables there.
  dashboard(name, names)::
    local variables = ['var-%s={{ $labels.%s | urlquery }}' % [label, label] for label in names];
    local all = std.join('&', variables);
    '%s/d/%s%s%s' % [config.grafanaURL, config.uidPrefix, name, if all == '' then '' else '?' + all],

  rule(name, expression, summary, description, dashboard):: {
    alert: prefix + name,
    expr: promql.expression(expression),
    'for': config.waits[name],
    labels: { severity: config.severities[name] },
    annotations: {
      summary: summary,
      // Written in paragraphs of several lines, read in one line each.
      description: std.join('\n', [
        std.join(' ', std.filter(function(line) line != '', std.split(paragraph, '\n')))
        for paragraph in std.split(std.strReplace(description, '\n\n', '\r'), '\r')
      ]),
      runbook_url: config.runbookURL + prefix + name + '.md',
      dashboard_url: dashboard,
    },
  },

  // Those that somebody wants to have.
  wanted(rules):: std.filter(function(rule) rule.labels.severity != null, rules),
}

// Colours with a meaning, the same in every panel. They stay apart for people who see colours differently, which Grafana's
// own green and red do not; and nothing is told by colour alone.
{
  enqueued: '#B4B8BF',
  running: '#3274D9',
  completed: '#009E73',
  cancelled: '#6E7077',
  failed: '#D55E00',
  unknown: '#F0E442',

  good: self.completed,
  bad: self.failed,
  warning: '#E69F00',
  neutral: self.running,
  quiet: self.cancelled,
  // More, for lists of fixed length whose entries are neither good nor bad.
  sky: '#56B4E9',
  purple: '#CC79A7',
  // Between light and dark, so that both brighter and darker shades of it are seen on both themes.
  several: '#4393C3',

  // The job types that share the hub's slot, apart in every panel; the others are shades.
  types:: { export: $.sky, 'import': $.purple },

  // What can be said of a job; the number that stands for each in a timeline is its place here, from 1.
  states:: ['completed', 'cancelled', 'failed', 'enqueued', 'running', 'unknown'],

  // Why polls fail, with the colour of each.
  reasons:: {
    unauthorized: $.failed,
    forbidden: $.warning,
    not_found: $.purple,
    throttled: $.unknown,
    timeout: $.sky,
    network: $.running,
    tls: $.completed,
    server_error: $.cancelled,
    bad_response: $.enqueued,
  },

  levels:: { 'error': $.failed, warn: $.warning, info: $.running, debug: $.enqueued },
}

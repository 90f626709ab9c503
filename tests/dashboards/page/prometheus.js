// Asks Prometheus what a panel asks, with variables and intervals put in, and answers as Grafana's data source does: one data
// frame per series, or one per query for tables.
import { FieldType, rangeUtil } from '@grafana/data';

// How often the data source is told that Prometheus scrapes; the history has a sample this often.
const SCRAPE_INTERVAL = 90;

const seconds = (text) => rangeUtil.intervalToMs(text) / 1000;

export function intervals(panel, span, width) {
  const automatic = rangeUtil.roundInterval((span / Math.min(width, panel.maxDataPoints ?? 1500)) * 1000) / 1000;
  const interval = Math.max(automatic, panel.interval ? seconds(panel.interval) : 1, SCRAPE_INTERVAL / 4);
  return { interval, rate: Math.max(interval + SCRAPE_INTERVAL, 4 * SCRAPE_INTERVAL), range: span };
}

export function substitute(text, variables, { interval, rate, range }) {
  const values = { ...variables, __rate_interval: `${rate}s`, __interval: `${interval}s`, __range: `${Math.round(range)}s` };
  return text.replace(/\$(\w+)/g, (whole, name) => values[name] ?? whole);
}

async function fetchJson(path, parameters) {
  const response = await fetch(`/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const answer = await response.json();
  if (answer.status !== 'success') {
    throw new Error(`${answer.error}, in ${parameters.query}`);
  }
  return answer.data.result;
}

function legend(target, labels) {
  if (target.legendFormat === '__auto') {
    const shown = Object.entries(labels).filter(([name]) => name !== '__name__');
    return shown.length === 1 ? shown[0][1] : shown.map(([name, value]) => `${name}="${value}"`).join(', ') || 'Value';
  }
  return target.legendFormat.replace(/\{\{(\w+)\}\}/g, (_, name) => labels[name] ?? '');
}

function frame(target, series, points, step) {
  const name = legend(target, series.metric);
  const { __name__: _, ...labels } = series.metric;
  return {
    refId: target.refId,
    name,
    length: points.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: step * 1000 }, values: points.map((point) => point[0] * 1000) },
      { name: 'Value', type: FieldType.number, config: { displayNameFromDS: name }, labels, values: points.map((point) => Number(point[1])) },
    ],
  };
}

function table(target, result, several) {
  const labels = [...new Set(result.flatMap((series) => Object.keys(series.metric)))].sort();
  const column = (name) => ({ name, type: FieldType.string, config: {}, values: result.map((series) => series.metric[name] ?? '') });
  const value = several ? `Value #${target.refId}` : 'Value';
  return {
    refId: target.refId,
    length: result.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: result.map((series) => series.value[0] * 1000) },
      ...labels.map(column),
      { name: value, type: FieldType.number, config: {}, values: result.map((series) => Number(series.value[1])) },
    ],
  };
}

export async function query(panel, variables, range, width) {
  const span = range.to - range.from;
  const steps = intervals(panel, span, width);
  const answers = await Promise.all(panel.targets.map(async (target) => {
    const expression = substitute(target.expr, variables, steps);
    const result = target.range
      ? await fetchJson('query_range', { query: expression, start: range.from, end: range.to, step: steps.interval })
      : await fetchJson('query', { query: expression, time: range.to });
    return { target, result };
  }));
  const filled = answers.filter(({ result }) => result.length > 0);
  if (panel.type === 'table') {
    return filled.map(({ target, result }) => table(target, result, filled.length > 1));
  }
  return filled.flatMap(({ target, result }) =>
    result.map((series) => frame(target, series, series.values ?? [series.value], steps.interval)));
}

// The true times, in milliseconds, of what an annotation marks.
export async function marks(annotation, variables, range) {
  const steps = { interval: seconds(annotation.step), rate: 300, range: range.to - range.from };
  const expression = substitute(annotation.expr, variables, steps);
  const step = Math.max(steps.interval, (range.to - range.from) / 10000);
  const result = await fetchJson('query_range', { query: expression, start: range.from, end: range.to, step });
  const points = result.flatMap((series) => series.values.map(([time, value]) => (annotation.useValueForTime ? Number(value) : time * 1000)));
  return [...new Set(points)].filter((time) => time >= range.from * 1000 && time <= range.to * 1000);
}

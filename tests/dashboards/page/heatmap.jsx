// The fields of a histogram over time. Grafana's colours of the scheme Cividis, which the package does not export, are given
// by a few of its points.
import { getValueFormat } from '@grafana/data';
import { Axis } from './timeline';

const AXIS = 22;
const LEFT = 70;
const CIVIDIS = [[0, 32, 77], [49, 68, 107], [102, 105, 112], [148, 142, 119], [200, 184, 102], [255, 234, 70]];

function shade(share) {
  const place = Math.min(0.999, share) * (CIVIDIS.length - 1);
  const [low, high] = [CIVIDIS[Math.floor(place)], CIVIDIS[Math.floor(place) + 1]];
  return `rgb(${low.map((part, index) => Math.round(part + (high[index] - part) * (place % 1))).join(',')})`;
}

export function Heatmap({ panel, frames, range, width, height, theme }) {
  const buckets = frames
    .map((frame) => ({ bound: Number(frame.name.replace('+Inf', 'Infinity')), time: frame.fields[0], value: frame.fields[1] }))
    .sort((a, b) => a.bound - b.bound);
  const step = buckets[0].time.config.interval;
  const below = new Map();
  // Prometheus' buckets hold those below them as well.
  const cells = buckets.flatMap(({ time, value }, row) => time.values.map((at, index) => {
    const all = value.values[index];
    const own = all - (below.get(at) ?? 0);
    below.set(at, all);
    return { at, row, own };
  })).filter(({ own }) => own > 0.01);
  const most = Math.max(...cells.map(({ own }) => own));
  const plot = width - LEFT - 12;
  const band = (height - AXIS) / buckets.length;
  const x = (at) => LEFT + ((at / 1000 - range.from) / (range.to - range.from)) * plot;
  const format = getValueFormat(panel.options.yAxis.unit);
  const label = (bound) => {
    const { text, suffix } = format(bound, 2);
    return bound === Infinity ? 'more' : `${Number(text)}${suffix ?? ''}`;
  };
  const cell = Math.max(2, (step / 1000 / (range.to - range.from)) * plot - 1);
  return <svg width={width} height={height} style={{ display: 'block', fontFamily: theme.typography.fontFamily }}>
    {buckets.map(({ bound }, row) => <text key={bound} x={LEFT - 8} y={height - AXIS - (row + 0.5) * band + 4} textAnchor="end" fontSize="11"
      fill={theme.colors.text.primary}>{label(bound)}</text>)}
    {cells.map(({ at, row, own }) => <rect key={`${at}-${row}`} x={Math.max(LEFT, x(at) - cell)} y={height - AXIS - (row + 1) * band + 0.5}
      width={cell} height={band - 1} fill={shade(Math.sqrt(own / most))} />)}
    <Axis range={range} left={LEFT} width={plot} top={height - 6} theme={theme} />
  </svg>;
}

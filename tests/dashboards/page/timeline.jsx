// State timeline and heatmap are no part of Grafana's component library. Texts and colours are computed by it all the same.
import { colorManipulator, getFieldDisplayName } from '@grafana/data';

const AXIS = 22;
const LEGEND = 24;

// Neighbours of the same value become one bar; a step without a sample is a gap.
function runs(time, value, step) {
  const found = [];
  for (let index = 0; index < time.values.length; index++) {
    const start = time.values[index];
    const last = found[found.length - 1];
    if (last && last.value === value.values[index] && start - last.end < step / 2) {
      last.end = start + step;
    } else {
      found.push({ start, end: start + step, value: value.values[index] });
    }
  }
  return found;
}

export function ticks(range, width) {
  const hours = [1, 2, 3, 6, 12, 24].find((step) => ((range.to - range.from) / 3600 / step) * 70 < width) ?? 48;
  const first = Math.ceil(range.from / 3600 / hours) * hours;
  const found = [];
  for (let hour = first; hour * 3600 < range.to; hour += hours) {
    const date = new Date(hour * 3600e3);
    const text = hours >= 24 || date.getUTCHours() === 0 ? `${date.getUTCMonth() + 1}/${date.getUTCDate()}` : date.toISOString().slice(11, 16);
    found.push({ seconds: hour * 3600, text });
  }
  return found;
}

export function Axis({ range, left, width, top, theme }) {
  return ticks(range, width).map(({ seconds, text }) =>
    <text key={seconds} x={left + ((seconds - range.from) / (range.to - range.from)) * width} y={top} textAnchor="middle" fontSize="12"
      fill={theme.colors.text.primary}>{text}</text>);
}

export function Timeline({ panel, frames, range, marks, width, height, theme }) {
  const rows = frames
    .map((frame) => ({ name: getFieldDisplayName(frame.fields[1], frame, frames), time: frame.fields[0], value: frame.fields[1] }))
    .slice(0, panel.options.perPage);
  const left = Math.min(260, 16 + Math.max(...rows.map((row) => row.name.length)) * 7);
  const plot = width - left - 12;
  const band = (height - AXIS - LEGEND) / rows.length;
  const x = (milliseconds) => left + ((milliseconds / 1000 - range.from) / (range.to - range.from)) * plot;
  const seen = new Map();
  const bars = rows.flatMap((row, index) => runs(row.time, row.value, row.time.config.interval).map((run) => {
    const { text, color } = row.value.display(run.value);
    seen.set(run.value, { text, color });
    const from = Math.max(left, x(run.start));
    const to = Math.min(left + plot, x(run.end));
    const thick = band * panel.options.rowHeight;
    return <g key={`${row.name}${run.start}`}>
      <rect x={from} y={index * band + (band - thick) / 2} width={Math.max(to - from, 1)} height={thick} fill={color} fillOpacity="0.9" />
      {to - from > text.length * 7 + 8 && thick > 12 &&
        <text x={from + 5} y={index * band + band / 2 + 4} fontSize="12" fill={theme.colors.getContrastText(colorManipulator.asHexString(color))}>{text}</text>}
    </g>;
  }));
  const legend = [...seen.entries()].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  return <svg width={width} height={height} style={{ display: 'block', fontFamily: theme.typography.fontFamily }}>
    {rows.map((row, index) => <text key={row.name} x={left - 8} y={index * band + band / 2 + 4} textAnchor="end" fontSize="12"
      fill={theme.colors.text.primary}>{row.name}</text>)}
    {bars}
    {marks.map(({ time, color }) => <line key={`${time}${color}`} x1={x(time)} x2={x(time)} y1={0} y2={height - AXIS - LEGEND} stroke={color}
      strokeDasharray="6 4" strokeWidth="1" />)}
    <Axis range={range} left={left} width={plot} top={height - LEGEND - 6} theme={theme} />
    {legend.map(({ text, color }, index) => <g key={text} transform={`translate(${10 + index * 100}, ${height - 12})`}>
      <rect y="-4" width="14" height="4" rx="2" fill={color} />
      <text x="20" y="2" fontSize="12" fill={theme.colors.text.primary}>{text}</text>
    </g>)}
  </svg>;
}

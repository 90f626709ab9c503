// Draws one panel with Grafana's own components. Those that the package does not have are drawn beside this file.
import { VizOrientation, applyFieldOverrides, applyNullInsertThreshold, cacheFieldDisplayNames, dateTime, getFieldDisplayValues, renderMarkdown, transformDataFrame } from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, VizRepeater, useTheme2 } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { useEffect, useState } from 'react';
import { lastValueFrom } from 'rxjs';
import { checkOptions, fieldOptions } from './fields';
import { Heatmap } from './heatmap';
import { query } from './prometheus';
import { Timeline } from './timeline';

const asIs = (text) => text;

// Data frames of a panel, transformed and with its field options applied, as Grafana does before it draws.
async function load(panel, variables, range, width, theme) {
  checkOptions(panel);
  const frames = await query(panel, variables, range, width);
  const transformed = panel.transformations
    ? await lastValueFrom(transformDataFrame(panel.transformations, frames, { interpolate: asIs }))
    : frames;
  const loaded = applyFieldOverrides({
    data: transformed, fieldConfig: panel.fieldConfig, fieldConfigRegistry: fieldOptions, replaceVariables: asIs, theme, timeZone: 'utc',
  });
  cacheFieldDisplayNames(loaded);
  return loaded;
}

function displayValues(panel, frames, theme) {
  return getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: asIs, theme, data: frames, timeZone: 'utc',
  });
}

function Stat({ panel, frames, width, height, theme }) {
  const { options } = panel;
  return <VizRepeater
    source={frames} width={width} height={height} orientation={VizOrientation.Auto} autoGrid
    getValues={() => displayValues(panel, frames, theme)}
    renderValue={({ value, width: w, height: h, count }) => <BigValue
      value={value.display} width={w} height={h} count={count} theme={theme} colorMode={options.colorMode} graphMode={options.graphMode}
      justifyMode={options.justifyMode} textMode={options.textMode} disableWideLayout={!options.wideLayout} />} />;
}

function Bars({ panel, frames, width, height, theme }) {
  const { options } = panel;
  const values = displayValues(panel, frames, theme);
  return <VizRepeater
    source={frames} width={width} height={height} orientation={VizOrientation.Horizontal} itemSpacing={8}
    minVizHeight={options.minVizHeight} maxVizHeight={options.maxVizHeight}
    getValues={() => values}
    renderValue={({ value, width: w, height: h, alignmentFactors }) => <BarGauge
      value={value.display} width={w} height={h} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
      theme={theme} orientation={VizOrientation.Horizontal} displayMode={options.displayMode} valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement} showUnfilled={options.showUnfilled} text={options.text} itemSpacing={8} alignmentFactors={alignmentFactors} />}
    getAlignmentFactors={() => ({
      title: values.map((it) => it.display.title ?? '').sort((a, b) => b.length - a.length)[0] ?? '',
      text: values.map((it) => it.display.text).sort((a, b) => b.length - a.length)[0] ?? '',
    })} />;
}

// Annotations as Grafana draws them: a dashed line from top to bottom.
function withMarks(builder, marks) {
  builder.addHook('draw', (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.setLineDash([6, 4]);
    for (const { time, color } of marks) {
      const x = Math.round(plot.valToPos(time, 'x', true));
      ctx.strokeStyle = color;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  });
  return null;
}

function Lines({ panel, frames, range, marks, width, height }) {
  const timeRange = { from: dateTime(range.from * 1000), to: dateTime(range.to * 1000), raw: { from: 'now-1h', to: 'now' } };
  // A step without a sample is a gap, for every series by itself.
  const gapped = frames.map((frame) => applyNullInsertThreshold({ frame }));
  return <TimeSeries frames={gapped} timeRange={timeRange} timeZone="utc" width={width} height={height} legend={panel.options.legend}>
    {(builder) => withMarks(builder, marks)}
  </TimeSeries>;
}

function Table({ panel, frames, width, height }) {
  return <TableNG data={frames[0]} width={width} height={height} cellHeight={panel.options.cellHeight} fieldConfig={panel.fieldConfig}
    sortBy={panel.options.sortBy} enableVirtualization={false} noValue={panel.fieldConfig.defaults.noValue} />;
}

const kinds = {
  stat: Stat, bargauge: Bars, timeseries: Lines, table: Table, 'state-timeline': Timeline, heatmap: Heatmap,
};

function Empty({ panel, theme }) {
  return <div style={{ display: 'flex', height: '100%', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary }}>
    {panel.fieldConfig.defaults.noValue}
  </div>;
}

export function Panel({ panel, variables, range, marks, width, height, settled }) {
  const theme = useTheme2();
  const [frames, setFrames] = useState(null);
  useEffect(() => {
    if (panel.type === 'text') {
      settled(panel, null, false);
      return;
    }
    load(panel, variables, range, width, theme)
      .then((loaded) => {
        setFrames(loaded);
        settled(panel, null, loaded.every((frame) => frame.length === 0));
      })
      .catch((error) => settled(panel, error, true));
  }, []);
  if (panel.type === 'text') {
    return <div className="markdown-html" style={{ padding: '0 8px' }} dangerouslySetInnerHTML={{ __html: renderMarkdown(panel.options.content) }} />;
  }
  if (frames === null) {
    return null;
  }
  const Kind = kinds[panel.type];
  if (frames.every((frame) => frame.length === 0) && panel.type !== 'stat' && panel.type !== 'bargauge') {
    return <Empty panel={panel} theme={theme} />;
  }
  return <Kind panel={panel} frames={frames} range={range} marks={marks} width={width} height={height} theme={theme} />;
}

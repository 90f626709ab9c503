// Draws the dashboard that the address names, ?dashboard=overview&theme=dark&hub=…, and then says so in window.drawn.
import { createTheme, ThemeContext } from '@grafana/data';
import { GlobalStyles, PanelChrome } from '@grafana/ui';
import { Component } from 'react';
import { createRoot } from 'react-dom/client';
import { Panel } from './panels';
import { marks } from './prometheus';

const WIDTH = 1600;
const MARGIN = 16;
const GAP = 8;
const CELL = 30;

const parameters = new URLSearchParams(window.location.search);

// Rows that are collapsed in Grafana are opened, so that everything is seen.
function opened(panels) {
  const found = [];
  let shift = 0;
  for (const panel of panels) {
    found.push({ ...panel, gridPos: { ...panel.gridPos, y: panel.gridPos.y + shift } });
    if (panel.type === 'row' && panel.panels.length > 0) {
      found.push(...panel.panels.map((inner) => ({ ...inner, gridPos: { ...inner.gridPos, y: inner.gridPos.y + shift } })));
      shift += Math.max(...panel.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) - panel.gridPos.y - 1;
    }
  }
  return found;
}

class Guard extends Component {
  state = { error: null };

  componentDidCatch(error) {
    this.setState({ error });
    this.props.failed(error);
  }

  render() {
    return this.state.error ? null : this.props.children;
  }
}

function place({ x, y, w, h }) {
  const column = (WIDTH - 2 * MARGIN + GAP) / 24;
  return { left: MARGIN + x * column, top: 64 + y * (CELL + GAP), width: w * column - GAP, height: h * (CELL + GAP) - GAP };
}

function Head({ dashboard, variables, theme }) {
  const box = { border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, padding: '4px 8px', marginLeft: 8 };
  return <div style={{ position: 'absolute', left: MARGIN, top: 16, right: MARGIN, display: 'flex', alignItems: 'center' }}>
    <span style={{ fontSize: 18, fontWeight: 500, marginRight: 24 }}>{dashboard.title}</span>
    {dashboard.templating.list.filter(({ type }) => type === 'query').map(({ name, label }) =>
      <span key={name} style={box}><span style={{ color: theme.colors.text.secondary }}>{label}</span>&ensp;{variables[name] === '.+' ? 'All' : variables[name]}</span>)}
    <span style={{ ...box, marginLeft: 'auto' }}>{dashboard.time.from.replace('now-', 'last ')}, UTC</span>
  </div>;
}

function Dashboard({ dashboard, variables, range, annotated, theme, settled }) {
  const panels = opened(dashboard.panels);
  const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  return <div id="dashboard" style={{ position: 'relative', width: WIDTH, height: 72 + bottom * (CELL + GAP), background: theme.colors.background.canvas }}>
    <Head dashboard={dashboard} variables={variables} theme={theme} />
    {panels.map((panel) => {
      const { left, top, width, height } = place(panel.gridPos);
      if (panel.type === 'row') {
        return <div key={panel.id} style={{ position: 'absolute', left, top, fontWeight: 500, lineHeight: '30px' }}>{panel.title}</div>;
      }
      return <div key={panel.id} data-title={panel.title} style={{ position: 'absolute', left, top }}>
        <PanelChrome title={panel.title} width={width} height={height} description={panel.description}>
          {(innerWidth, innerHeight) => <Guard failed={(error) => settled(panel, error, true)}>
            <Panel panel={panel} variables={variables} range={range} marks={annotated} width={innerWidth} height={innerHeight} settled={settled} />
          </Guard>}
        </PanelChrome>
      </div>;
    })}
  </div>;
}

async function main() {
  const theme = createTheme({ colors: { mode: parameters.get('theme') } });
  const dashboard = await (await fetch(`/dashboards/${parameters.get('dashboard')}.json`)).json();
  const names = dashboard.templating.list.filter(({ type }) => type === 'query').map(({ name }) => name);
  const variables = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? '.+']));
  const to = Number(parameters.get('now'));
  const days = { 'now-7d': 7, 'now-24h': 1 }[dashboard.time.from];
  const range = { from: to - days * 86400, to };
  const annotated = (await Promise.all(dashboard.annotations.list.filter(({ enable }) => enable).map(async (annotation) =>
    (await marks(annotation, variables, range)).map((time) => ({ time, color: annotation.iconColor }))))).flat();

  const waiting = new Set(opened(dashboard.panels).filter(({ type }) => type !== 'row').map(({ id }) => id));
  const drawn = { errors: [], empty: [] };
  const settled = (panel, error, empty) => {
    if (error) {
      drawn.errors.push(`${panel.title}: ${error.message}`);
    } else if (empty) {
      drawn.empty.push(panel.title);
    }
    waiting.delete(panel.id);
    if (waiting.size === 0) {
      // Two frames later, what was drawn is on the screen.
      requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = drawn; }));
    }
  };
  createRoot(document.getElementById('root')).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Dashboard dashboard={dashboard} variables={variables} range={range} annotated={annotated} theme={theme} settled={settled} />
    </ThemeContext.Provider>);
}

main().catch((error) => { window.drawn = { errors: [`the page: ${error.message}`], empty: [] }; });

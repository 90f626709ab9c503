"""House rules of the Grafana dashboards and the alerts: check_dashboards.py REPOSITORY.

Grafana accepts nearly any JSON and shows "No data" for the rest, so a renamed metric, a data source by name or a panel
outside the grid is noticed by the user, at night. This finds them first. Exit 1 with one line per fault.
"""

import json
import re
import sys
from itertools import combinations
from pathlib import Path
from typing import Any, Iterator, NamedTuple

Json = dict[str, Any]

DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
STATES = {"enqueued", "running", "completed", "cancelled", "failed", "unknown"}
# Apart also for colour-blind eyes: enqueued, running, completed, cancelled, failed, unknown, warning.
PALETTE = {"#B4B8BF", "#3274D9", "#009E73", "#6E7077", "#D55E00", "#F0E442", "#E69F00"}
COLOR_MODES = {"fixed", "thresholds", "palette-classic-by-name"}
PANEL_TYPES = {"row", "stat", "gauge", "bargauge", "table", "timeseries", "state-timeline", "status-history", "heatmap",
               "histogram", "barchart", "text", "alertlist"}
UNITS = {"short", "none", "s", "dtdurations", "percentunit", "dateTimeFromNow", "dateTimeAsIso", "bytes", "reqps", "cps"}
TIME_UNITS = {"s", "dtdurations", "dateTimeFromNow", "dateTimeAsIso"}
SEVERITIES = {"critical", "warning", "info"}
FOREIGN_METRICS = {"up", "ALERTS", "scrape_duration_seconds"}  # Prometheus' own
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\}")
OUR_NAME = re.compile(r"(?<!/)\b(?:azure_iothub|iothub_job_exporter|process)_[a-z0-9_]+")
COUNTER_USE = re.compile(r"(?:rate|increase)\(\w+\{[^{}]*\}\[(?:\$__rate_interval|\$__interval|\$__range|\d+[smhd])\]")


class Metric(NamedTuple):
    """A row of the README's metric tables; empty labels and kind mean that the table does not say."""

    kind: str
    labels: set[str]


def read_metrics(readme: Path) -> dict[str, Metric]:
    """The tables are what users rely on, so they, not the code, say which names exist."""
    metrics: dict[str, Metric] = {}
    header: list[str] = []
    for line in readme.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            header = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not header:
            header = [cell.lower() for cell in cells]
            continue
        row = dict(zip(header, cells))
        labels = set(re.findall(r"[a-z_]+", row.get("labels", "")))
        for name in re.findall(r"`((?:azure_iothub|iothub_job_exporter|process)_[a-z0-9_]+)(?:\{[^}`]*\})?`", cells[0]):
            kind = row.get("type", "")
            metrics[name] = Metric(kind, labels)
            if kind == "histogram":
                for suffix, more in (("_bucket", {"le"}), ("_sum", set()), ("_count", set())):
                    metrics[name + suffix] = Metric("counter", labels | more)
    return metrics


def walk(node: Any) -> Iterator[tuple[str, Any]]:
    """Every key and value of the document, at any depth."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def panels_of(dashboard: Json) -> Iterator[Json]:
    """Panels in the order of the page, with those of collapsed rows."""
    for panel in dashboard.get("panels", []):
        yield panel
        yield from panel.get("panels", [])


def check_expression(expression: str, metrics: dict[str, Metric]) -> Iterator[str]:
    """Names, labels and the use of counters; the same for panels, variables, annotations and alerts."""
    selectors = SELECTOR.findall(expression)
    for name in set(OUR_NAME.findall(expression)) | {name for name, _ in selectors}:
        if name not in metrics and name not in FOREIGN_METRICS:
            yield f"{name} is in no metric table of README.md"
    for name, matchers in selectors:
        metric = metrics.get(name, Metric("", set()))
        for label in re.findall(r"([a-z_]+)\s*(?:=~|!~|!=|=)", matchers):
            if metric.labels and label not in metric.labels | {"job", "instance"}:
                yield f"{name} has no label {label}"
    counters = [name for name, _ in selectors if metrics.get(name, Metric("", set())).kind == "counter"]
    if len(counters) != len(COUNTER_USE.findall(expression)):
        yield "a counter belongs inside rate or increase over an interval, and nothing else does"


def check_query(expression: str, metrics: dict[str, Metric]) -> Iterator[str]:
    """What holds for dashboards only: the variables choose, and replicas of the exporter count once."""
    yield from check_expression(expression, metrics)
    for name, matchers in SELECTOR.findall(expression):
        if name.startswith("azure_iothub_") and 'hub=~"$hub"' not in matchers:
            yield f'{name} is not selected by hub=~"$hub"'
        if re.search(r'(?:=|!=)\s*"\$(?:hub|job_type)"', matchers):
            yield f"{name} compares a variable of several values with = instead of =~"
    for match in re.finditer(r"azure_iothub_\w+\s*\{", expression):
        before = expression[:match.start()]
        if not re.search(r"(?:max|min) by \(hub[^()]*\) \((?:\w+\()?$", before):
            yield f"{match.group()[:-1]} is not first aggregated with max or min by (hub, ...)"


def check_units(panel: Json) -> Iterator[str]:
    """A duration shown as a bare number is read as anything."""
    defaults = panel["fieldConfig"]["defaults"]
    units = [value for key, value in walk(panel["fieldConfig"]) if key == "unit"]
    units += [p["value"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "unit"]
    if "unit" not in defaults:
        yield "no unit"
    yield from (f"unknown unit {unit}" for unit in units if unit not in UNITS)
    expressions = " ".join(target["expr"] for target in panel["targets"])
    counts = re.match(r"count\(", expressions) or panel["type"] == "state-timeline"
    if re.search(r"_seconds\b", expressions) and not counts and not TIME_UNITS & set(units):
        yield "shows seconds without a unit of time"


def check_states(panel: Json) -> Iterator[str]:
    """A state without a mapping is a bare number in the default colour."""
    texts = {value["text"] for key, options in walk(panel["fieldConfig"]) if key == "options" and isinstance(options, dict)
             for value in options.values()}
    if (panel["type"] == "state-timeline" or texts & STATES) and not STATES <= texts:
        yield f"value mappings lack {', '.join(sorted(STATES - texts))}"


def check_panel(panel: Json, metrics: dict[str, Metric]) -> Iterator[str]:
    """One panel by itself."""
    if panel["type"] not in PANEL_TYPES:
        yield f"{panel['type']} is not a built-in panel type"
    if panel["type"] in ("row", "text"):
        return
    description = panel.get("description", "")
    if len(description) < 60 or not description.rstrip().endswith("."):
        yield "the description is not a sentence that explains the panel"
    defaults = panel["fieldConfig"]["defaults"]
    yield from (f"no {key}" for key in ("noValue", "thresholds") if not defaults.get(key))
    if not panel.get("targets"):
        yield "no query"
    refs = [target["refId"] for target in panel["targets"]]
    if len(refs) != len(set(refs)):
        yield "two queries have the same refId"
    for target in panel["targets"]:
        yield from (f"query {target['refId']}: {fault}" for fault in check_query(target["expr"], metrics))
        if panel["type"] in ("stat", "gauge", "table") and not target.get("instant"):
            yield f"query {target['refId']}: shows the present, so it must be an instant query"
    yield from check_units(panel)
    yield from check_states(panel)


def check_grid(panels: list[Json]) -> Iterator[tuple[str, str]]:
    """Grafana moves what overlaps, each time differently."""
    for panel in panels:
        grid = panel["gridPos"]
        if grid["x"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > 24:
            yield panel["title"], "outside the 24 columns of the grid"
    for one, two in combinations(panels, 2):
        a, b = one["gridPos"], two["gridPos"]
        if (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]):
            yield one["title"], f"overlaps {two['title']}"


def check_colors(dashboard: Json) -> Iterator[str]:
    """Also finds named colours, which differ from theme to theme and look alike to a tenth of all men."""
    for key, value in walk(dashboard):
        if key in ("color", "fixedColor", "iconColor") and isinstance(value, str) and value not in PALETTE:
            yield f"{value} is not a colour of the palette"
        if key in ("color", "value") and isinstance(value, dict) and "mode" in value and "steps" not in value:
            if value["mode"] not in COLOR_MODES and "type" not in value:
                yield f"colour mode {value['mode']} uses colours outside the palette"


def check_head(dashboard: Json) -> Iterator[str]:
    """What makes a file importable and provisionable by anybody."""
    wanted = {"id": None, "schemaVersion": 39, "editable": False, "refresh": "1m"}
    yield from (f"{key} is not {json.dumps(value)}" for key, value in wanted.items() if dashboard.get(key, "") != value)
    yield from (f"{key} works in the import dialogue only" for key in ("__inputs", "__requires") if key in dashboard)
    yield from (f"no {key}" for key in ("uid", "title", "description", "tags") if not dashboard.get(key))
    yield from (f"data source {value} instead of the variable" for key, value in walk(dashboard)
                if key == "datasource" and value != DATA_SOURCE)
    variables = dashboard["templating"]["list"]
    if [(v["type"], v["query"]) for v in variables[:1]] != [("datasource", "prometheus")]:
        yield "the first variable does not choose a data source of type prometheus"
    for variable in variables[1:]:
        if variable.get("multi") and variable.get("allValue") != ".+":
            yield f"variable {variable['name']}: All is not .+"


def check_dashboard(dashboard: Json, metrics: dict[str, Metric]) -> Iterator[tuple[str, str]]:
    """Pairs of place and fault."""
    yield from (("dashboard", fault) for fault in check_head(dashboard))
    yield from (("dashboard", fault) for fault in check_colors(dashboard))
    for variable in dashboard["templating"]["list"][1:]:
        yield from ((variable["name"], fault) for fault in check_expression(variable["definition"], metrics))
    for annotation in dashboard["annotations"]["list"]:
        yield from ((annotation["name"], fault) for fault in check_query(annotation["expr"], metrics))
    panels = list(panels_of(dashboard))
    for what in ("id", "title"):
        values = [panel[what] for panel in panels]
        yield from ((str(value), f"{what} used twice") for value in sorted(set(values)) if values.count(value) > 1)
    yield from check_grid(panels)
    for panel in panels:
        yield from ((panel["title"], fault) for fault in check_panel(panel, metrics))


def check_alerts(text: str, metrics: dict[str, Metric]) -> Iterator[tuple[str, str]]:
    """Line by line, for want of a YAML parser; promtool has already parsed the file for real."""
    for block in re.split(r"^\s*- alert: ", text, flags=re.MULTILINE)[1:]:
        name = block.split("\n", 1)[0].strip()
        found = re.search(r"^( *)expr:(.*(?:\n\1 +.*)*)", block, re.MULTILINE)
        expression = found.group(2) if found else ""
        yield from ((name, fault) for fault in check_expression(expression, metrics))
        yield from ((name, f"no {key}") for key in ("expr", "for", "severity", "summary", "description")
                    if not re.search(rf"^\s+{key}:", block, re.MULTILINE))
        severity = re.search(r"^\s+severity: (\S+)", block, re.MULTILINE)
        if severity and severity.group(1) not in SEVERITIES:
            yield name, f"unknown severity {severity.group(1)}"
        kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", expression)))) or {"job", "instance"}
        for label in set(re.findall(r"\$labels\.(\w+)", block)) - kept:
            yield name, f"the texts use {label}, which the expression drops"
        for metric in set(OUR_NAME.findall(block)) - set(metrics):
            yield name, f"{metric} is in no metric table of README.md"


def main(root: Path) -> int:
    metrics = read_metrics(root / "README.md")
    if not metrics:
        print("README.md: no metric tables (rows whose first cell is a metric's name in backticks)")
        return 1
    faults: list[str] = []
    owners: dict[str, str] = {}
    for path in sorted((root / "dashboards").glob("*.json")):
        dashboard = json.loads(path.read_text(encoding="utf-8"))
        faults += [f"{path.relative_to(root)}:{place}: {fault}" for place, fault in check_dashboard(dashboard, metrics)]
        other = owners.setdefault(dashboard.get("uid", ""), path.name)
        if other != path.name:
            faults.append(f"{path.relative_to(root)}:dashboard: has the uid of {other}")
    alerts = "config/prometheus/alerts.yaml"
    text = (root / alerts).read_text(encoding="utf-8")
    faults += [f"{alerts}:{place}: {fault}" for place, fault in check_alerts(text, metrics)]
    print("\n".join(dict.fromkeys(faults)) or f"{len(metrics)} metric names, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

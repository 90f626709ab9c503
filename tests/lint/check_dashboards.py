"""House rules of the Grafana dashboards: check_dashboards.py REPOSITORY.

Grafana accepts nearly any JSON and shows "No data" for the rest, so a renamed metric, a data source by name or a panel
outside the grid is noticed by the user, at night. This finds them first. Exit 1 with one line per fault.
"""

import json
import re
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from dashboard_exceptions import EXCEPTIONS
from dashboard_panels import COLOR_MODES, PALETTE, check_link, check_panel
from dashboard_queries import Fault, Json, Metric, check_names, check_query, read_metrics

DATA_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
HEAD = {"id": None, "schemaVersion": 39, "editable": False, "refresh": "1m"}


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


def check_head(dashboard: Json) -> Iterator[Fault]:
    """What makes a file importable and provisionable by anybody."""
    yield from (Fault("head", "dashboard", f"{key} is not {json.dumps(value)}") for key, value in HEAD.items()
                if dashboard.get(key, "") != value)
    yield from (Fault("inputs", "dashboard", f"{key} works in the import dialogue only")
                for key in ("__inputs", "__requires") if key in dashboard)
    yield from (Fault("named", "dashboard", f"no {key}") for key in ("uid", "title", "description", "tags")
                if not dashboard.get(key))
    yield from (Fault("data-source", "dashboard", f"data source {value} instead of the variable")
                for key, value in walk(dashboard) if key == "datasource" and value != DATA_SOURCE)
    drop_downs = [link for link in dashboard["links"] if link["type"] == "dashboards"]
    if not any(link["tags"] == dashboard["tags"] and link["includeVars"] and link["keepTime"] for link in drop_downs):
        yield Fault("drop-down", "dashboard", "no list of the dashboards with its tags that keeps time and variables")


def check_variables(dashboard: Json, metrics: dict[str, Metric]) -> Iterator[Fault]:
    variables = dashboard["templating"]["list"]
    if [(v["type"], v["query"]) for v in variables[:1]] != [("datasource", "prometheus")]:
        yield Fault("first-variable", "dashboard", "the first variable does not choose a data source of type prometheus")
    for variable in variables[1:]:
        name = variable["name"]
        if variable["multi"] and variable.get("allValue") != ".+":
            yield Fault("all-value", name, "All is not .+")
        if variable["refresh"] != 2:
            yield Fault("reload", name, "its values do not follow the time span")
        if variable["query"]["query"] != variable["definition"]:
            yield Fault("definition", name, "query and definition differ")
        yield from check_names(variable["definition"], metrics, name)


def check_annotations(dashboard: Json, metrics: dict[str, Metric], variables: dict[str, bool]) -> Iterator[Fault]:
    for annotation in dashboard["annotations"]["list"]:
        name, expression = annotation["name"], annotation["expr"]
        if "timestamp_seconds" in expression or "start_time" in expression:
            if not (annotation.get("useValueForTime") and expression.startswith("1000 * ")):
                yield Fault("true-time", name, "does not mark the time that its value tells")
        selector = re.sub(r"ALERTS\{[^}]*\}", "", expression)
        yield from check_query(selector, metrics, variables, name, is_range=True)


def check_grid(panels: list[Json]) -> Iterator[Fault]:
    """Grafana moves what overlaps, each time differently."""
    for panel in panels:
        grid = panel["gridPos"]
        if grid["x"] < 0 or grid["w"] < 1 or grid["h"] < 1 or grid["x"] + grid["w"] > 24:
            yield Fault("grid", panel["title"], "outside the 24 columns of the grid")
    for one, two in combinations(panels, 2):
        a, b = one["gridPos"], two["gridPos"]
        if (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]):
            yield Fault("overlap", one["title"], f"overlaps {two['title']}")


def check_colors(dashboard: Json) -> Iterator[Fault]:
    """Also finds named colours, which differ from theme to theme and look alike to a tenth of all men."""
    for key, value in walk(dashboard):
        if key in ("color", "fixedColor", "iconColor") and isinstance(value, str) and value not in PALETTE:
            yield Fault("colour", "dashboard", f"{value} is not a colour of the palette")
        if key in ("color", "value") and isinstance(value, dict) and "mode" in value and not {"steps", "type", "scheme"} & set(value):
            if value["mode"] not in COLOR_MODES:
                yield Fault("colour-mode", "dashboard", f"colour mode {value['mode']} uses colours outside the palette")


def check_dashboard(dashboard: Json, metrics: dict[str, Metric], known: dict[str, set[str]]) -> Iterator[Fault]:
    """`known` are the variables of each dashboard of the set, by its uid."""
    variables = {v["name"]: bool(v.get("multi")) for v in dashboard["templating"]["list"]}
    yield from check_head(dashboard)
    for link in dashboard["links"]:
        if link["type"] == "link" and not re.fullmatch(r"https?://[^/?$]+/", link["url"]):  # the exporter's own page, else:
            yield from check_link(link["url"], "dashboard", set(variables), known)
    yield from check_colors(dashboard)
    yield from check_variables(dashboard, metrics)
    yield from check_annotations(dashboard, metrics, variables)
    panels = list(panels_of(dashboard))
    for what in ("id", "title"):
        values = [panel[what] for panel in panels]
        yield from (Fault("twice", str(value), f"{what} used twice") for value in sorted(set(values)) if values.count(value) > 1)
    # What is inside of a collapsed row is laid out as if the row were open, over what follows it.
    yield from check_grid(dashboard["panels"])
    for row in dashboard["panels"]:
        yield from check_grid(row.get("panels", []))
    for panel in panels:
        yield from check_panel(panel, metrics, variables, known)


def check_set(dashboards: dict[str, Json], metrics: dict[str, Metric]) -> dict[str, list[Fault]]:
    """The faults of each, exceptions taken out; those that nothing needs any more are faults themselves."""
    uids = [dashboard["uid"] for dashboard in dashboards.values()]
    titles = [dashboard["title"] for dashboard in dashboards.values()]
    known = {dashboard["uid"]: {variable["name"] for variable in dashboard["templating"]["list"]} for dashboard in dashboards.values()}
    found: dict[str, list[Fault]] = {}
    for name, dashboard in dashboards.items():
        faults = list(check_dashboard(dashboard, metrics, known))
        if uids.count(dashboard["uid"]) > 1 or titles.count(dashboard["title"]) > 1:
            faults.append(Fault("same", "dashboard", "another dashboard has its uid or title"))
        excepted = {(fault.rule, fault.place) for fault in faults} & set(EXCEPTIONS.get(name, {}))
        faults = [fault for fault in faults if (fault.rule, fault.place) not in excepted]
        faults += [Fault("exception", place, f"the exception from {rule} is no longer needed")
                   for rule, place in sorted(set(EXCEPTIONS.get(name, {})) - excepted)]
        found[name] = faults
    return found


def load(root: Path) -> tuple[dict[str, Json], dict[str, Metric]]:
    files = sorted((root / "dashboards").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}, read_metrics(root / "README.md")


def main(root: Path) -> int:
    dashboards, metrics = load(root)
    if not metrics or not dashboards:
        print("no metric table in README.md (rows whose first cell is a metric's name in backticks), or no dashboards")
        return 1
    faults = [f"dashboards/{name}.json: {fault.place}: {fault.text} [{fault.rule}]"
              for name, found in check_set(dashboards, metrics).items() for fault in found]
    panels = sum(len(list(panels_of(dashboard))) for dashboard in dashboards.values())
    print("\n".join(dict.fromkeys(faults)) or f"{len(dashboards)} dashboards with {panels} panels, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The queries of the Grafana dashboards and of the rule files, as Grafana and Prometheus would send them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

# What Grafana works out for a span of a day, a panel of 300 pixels' worth of points and a scrape interval of 4 minutes, at
# which the history of the tests is sampled. A panel's own interval may be longer.
INTERVAL = 300
SCRAPE_INTERVAL = 240
RANGE = 86400

UNITS = {"s": 1, "m": 60, "h": 3600}
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\}")
NAME = re.compile(r"\b(?:azure_iothub|iothub_job_exporter|process)_[a-z0-9_]+\b")


@dataclass(frozen=True)
class Query:
    """`where` is the file and the panel, with the refId if it has several queries; the key of lists of exceptions."""

    where: str
    expression: str
    is_range: bool
    interval: int = INTERVAL

    def with_variables(self, variables: dict[str, str]) -> "Query":
        values = variables | {
            "__interval": f"{self.interval}s",
            "__rate_interval": f"{max(self.interval + SCRAPE_INTERVAL, 4 * SCRAPE_INTERVAL)}s",
            "__range": f"{RANGE}s",
        }
        return replace(self, expression=re.sub(r"\$(\w+)", lambda match: values[match[1]], self.expression))

    def selectors(self) -> Iterator[tuple[str, set[str]]]:
        """Metrics and the labels by which they are chosen."""
        for name, matchers in SELECTOR.findall(self.expression):
            yield name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))

    def metrics(self) -> set[str]:
        without_text = re.sub(r'"[^"]*"', "", self.expression)
        return set(NAME.findall(without_text))


def _seconds(interval: str) -> int:
    return int(interval[:-1]) * UNITS[interval[-1]]


def panels_of(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those in collapsed rows as well."""
    for panel in panels:
        yield panel
        yield from panels_of(panel.get("panels", []))


def queries(path: Path) -> list[Query]:
    """Those of the panels and of the annotations of a dashboard."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for panel in panels_of(dashboard["panels"]):
        targets = panel.get("targets", [])
        interval = max(INTERVAL, _seconds(panel.get("interval", "1s")))
        for target in targets:
            what = panel["title"] if len(targets) == 1 else f"{panel['title']}: {target['refId']}"
            found.append(Query(f"{path.stem}: {what}", target["expr"], bool(target["range"]), interval))
    notes = dashboard["annotations"]["list"]
    return found + [Query(f"{path.stem}: annotation {note['name']}", note["expr"], True) for note in notes]


def texts(folder: Path, where: str, column: str = "") -> dict[float, str]:
    """The words that a panel has for values: its own, or those of a column of its table."""
    name, title = where.split(": ")[:2]
    dashboard = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    fields = next(panel["fieldConfig"] for panel in panels_of(dashboard["panels"]) if panel["title"] == title)
    mappings = fields["defaults"]["mappings"]
    if column:
        mappings = [entry for override in fields["overrides"] if override["matcher"]["options"] == column
                    for item in override["properties"] if item["id"] == "mappings" for entry in item["value"]]
    return {float(value): option["text"] for entry in mappings for value, option in entry["options"].items()}


def rules(path: Path) -> list[Query]:
    """The expressions of a rule file, by the names of alerts and of recorded series."""
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [Query(f"{path.stem}: {rule.get('alert', rule.get('record'))}", rule["expr"], False)
            for group in groups for rule in group["rules"]]


def variables(path: Path) -> dict[str, tuple[str, str]]:
    """Name of each query variable, with the selector and the label whose values it lists."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for variable in dashboard["templating"]["list"]:
        match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable.get("definition", ""))
        if match:
            found[variable["name"]] = (match.group(1), match.group(2))
    return found

"""The queries of the Grafana dashboards, as Grafana would send them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

# The intervals that Grafana would work out for a scrape interval of one second and a span of five minutes.
INTERVALS = {"$__rate_interval": "5m", "$__interval": "15s", "$__range": "5m"}


@dataclass(frozen=True)
class Query:
    """`where` is the panel's title, with the refId if it has several queries; the key of lists of exceptions."""

    where: str
    expression: str
    is_range: bool

    def with_variables(self, hub: str, job_type: str) -> "Query":
        text = self.expression
        for name, value in ({"$hub": hub, "$job_type": job_type} | INTERVALS).items():
            text = text.replace(name, value)
        return replace(self, expression=text)


def _panel_queries(panel: dict[str, Any]) -> Iterator[Query]:
    targets = panel.get("targets", [])
    for target in targets:
        where = panel["title"] if len(targets) == 1 else f"{panel['title']}: {target['refId']}"
        yield Query(where, target["expr"], bool(target.get("range")))
    for inner in panel.get("panels", []):
        yield from _panel_queries(inner)


def queries(path: Path) -> list[Query]:
    """Those of the panels and of the annotations."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    found = [query for panel in dashboard["panels"] for query in _panel_queries(panel)]
    annotations = dashboard["annotations"]["list"]
    return found + [Query(f"annotation {note['name']}", note["expr"], True) for note in annotations]


def variables(path: Path) -> dict[str, tuple[str, str]]:
    """Name of each query variable, with the selector and the label whose values it lists."""
    dashboard = json.loads(path.read_text(encoding="utf-8"))
    found = {}
    for variable in dashboard["templating"]["list"]:
        match = re.fullmatch(r"label_values\((.+), (\w+)\)", variable.get("definition", ""))
        if match:
            found[variable["name"]] = (match.group(1), match.group(2))
    return found

"""House rules of the queries of dashboards: which metrics and labels exist, and how counters and variables are used.

Rules are generators of Faults; check_dashboards.py collects them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

FOREIGN_METRICS = {"up", "ALERTS", "scrape_duration_seconds", "scrape_samples_scraped"}  # Prometheus' own
TARGET_LABELS = {"job", "instance"}
SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\s*\{([^{}]*)\}")
OUR_NAME = re.compile(r"(?<!/)\b(?:azure_iothub|iothub_job_exporter|process)_[a-z0-9_]+")
MATCHER = re.compile(r"(\w+)\s*(=~|!~|!=|=)\s*\"([^\"]*)\"")
WINDOW = re.compile(r"\b(rate|increase)\((\w+)\{[^{}]*\}\[([^\]]+)\]\)")


class Fault(NamedTuple):
    """`rule` is the name of what was broken, `place` a panel or variable or "dashboard"."""

    rule: str
    place: str
    text: str


class Metric(NamedTuple):
    """A row of the README's metric table."""

    kind: str
    labels: set[str]


def read_metrics(readme: Path) -> dict[str, Metric]:
    """The table is what users rely on, so it, not the code, says which names exist."""
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


def check_names(expression: str, metrics: dict[str, Metric], place: str) -> Iterator[Fault]:
    selectors = SELECTOR.findall(expression)
    without_text = re.sub(r'"[^"]*"', "", expression)
    for name in sorted(set(OUR_NAME.findall(without_text)) | {name for name, _ in selectors}):
        if name not in metrics and name not in FOREIGN_METRICS:
            yield Fault("metric", place, f"{name} is in no metric table of README.md")
    for name, matchers in selectors:
        known = metrics.get(name, Metric("", set())).labels | TARGET_LABELS
        for label, _, _ in MATCHER.findall(matchers):
            if name in metrics and label not in known:
                yield Fault("label", place, f"{name} has no label {label}")


def check_counters(expression: str, metrics: dict[str, Metric], place: str, is_range: bool) -> Iterator[Fault]:
    """A counter itself says when the process began; and a window that does not follow the span misses what it skips."""
    counters = [name for name, _ in SELECTOR.findall(expression) if metrics.get(name, Metric("", set())).kind == "counter"]
    windows = WINDOW.findall(expression)
    if len(counters) != len(windows):
        yield Fault("counter", place, "a counter belongs inside rate or increase, and nothing else does")
    for function, name, window in windows:
        wanted = "$__rate_interval" if function == "rate" else "$__interval" if is_range else "$__range"
        if window != wanted:
            yield Fault("window", place, f"{function} of {name} over {window} instead of {wanted}")


def check_variables(expression: str, known: dict[str, bool], place: str) -> Iterator[Fault]:
    """`known` are the variables of the dashboard, and whether they can have several values."""
    for name, matchers in SELECTOR.findall(expression):
        if name.startswith("azure_iothub_") and 'hub=~"$hub"' not in matchers:
            yield Fault("hub", place, f'{name} is not selected by hub=~"$hub"')
        if re.match(r"iothub_job_exporter_|process_|up$|scrape_", name) and not {'job=~"$job"', 'instance=~"$instance"'} <= set(
                matchers.split(", ")):
            yield Fault("instance", place, f"{name} is not selected by job and instance")
        for label, operator, value in MATCHER.findall(matchers):
            if value.startswith("$") and operator not in ("=~", "!~"):
                yield Fault("several", place, f"{name} compares {label} with a variable of several values by {operator}")
    for name in sorted(set(re.findall(r"\$(\w+)", expression)) - {"__rate_interval", "__interval", "__range"} - set(known)):
        yield Fault("unknown-variable", place, f"there is no variable {name}")


def check_replicas(expression: str, place: str) -> Iterator[Fault]:
    """Two replicas of the exporter count once."""
    for match in re.finditer(r"azure_iothub_\w+\s*\{", expression):
        before = expression[:match.start()]
        inside = re.search(r"(?:max|min) by \((?:\w+, )*hub[^()]*\) \((?:\w+\()?$", before)
        if not inside and not before.endswith("unless on (hub) "):
            yield Fault("replicas", place, f"{match.group()[:-1]} is not first aggregated with max or min by (hub, ...)")


def check_query(expression: str, metrics: dict[str, Metric], known: dict[str, bool], place: str, is_range: bool) -> Iterator[Fault]:
    yield from check_names(expression, metrics, place)
    yield from check_counters(expression, metrics, place, is_range)
    yield from check_variables(expression, known, place)
    yield from check_replicas(expression, place)

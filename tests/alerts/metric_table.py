"""The metrics that the exporter has, from the README's table, which a test of the exporter keeps true."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_THE_TARGET = {"job", "instance"}  # labels that Prometheus adds when it scrapes
OF_PROMETHEUS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity", "hub", "job_type"}}


def labels() -> dict[str, set[str]]:
    """Names of series with their labels."""
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("<!-- metrics: begin -->")[1]
    found: dict[str, set[str]] = dict(OF_PROMETHEUS)
    for name, kind, names in re.findall(r"^\| `(\w+)` \| (\w+) \| ([\w, ]*) \|", table, re.MULTILINE):
        own = {label.strip() for label in names.split(",") if label.strip()}
        if kind == "histogram":
            found |= {f"{name}_bucket": own | {"le"}, f"{name}_sum": own, f"{name}_count": own}
        else:
            found[name] = own
    return {name: own | OF_THE_TARGET for name, own in found.items()}


def values() -> dict[str, set[str]]:
    """The values that labels with a closed list of them may have, from the exporter's sources and the README."""
    statuses = (ROOT / "exporter" / "job" / "job_status.hpp").read_text(encoding="utf-8")
    types = (ROOT / "exporter" / "job" / "job_type.hpp").read_text(encoding="utf-8")
    classes = (ROOT / "exporter" / "job" / "failure_class.hpp").read_text(encoding="utf-8")
    reasons = re.search(r"counted by\s+reason \(([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert reasons is not None, "the README no longer lists the reasons of failed polls"
    return {
        "status": set(re.findall(r'\{JobStatus::\w+, "(\w+)"\}', statuses)),
        "job_type": set(re.findall(r'\{JobType::\w+, "(\w+)"\}', types)),
        "failure_class": set(re.findall(r'\{FailureClass::\w+, "(\w+)"\}', classes)),
        "reason": set(re.findall(r"`(\w+)`", reasons[1])),
    }

"""The unit tests of the alerts: which files belong to an alert, and promtool's verdict on a rule of its own."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from mutants import Rule, rule_file

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RULES = ROOT / "config" / "prometheus" / "alerts.yaml"
TESTS = HERE / "rules"
SHIPPED = "../../../config/prometheus/alerts.yaml"  # as the tests name it, so that promtool runs them by hand


def alerts() -> dict[str, Rule]:
    """The shipped rules by name."""
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def files(alert: str) -> list[Path]:
    """ALERT.yaml, and ALERT_something.yaml for what needs other intervals."""
    return sorted([*TESTS.glob(f"{alert}.yaml"), *TESTS.glob(f"{alert}_*.yaml")])


def groups(alert: str) -> list[dict[str, Any]]:
    return [group for path in files(alert) for group in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]]


def minutes(time: str) -> int:
    """90 for 1h30m."""
    return sum(int(count) * {"m": 1, "h": 60, "d": 1440}[unit] for count, unit in re.findall(r"(\d+)([mhd])", time))


def promtool(*arguments: str, given: str = "", folder: Path = ROOT) -> str:
    """What promtool has to say, `given` on /dev/stdin; empty if it is content."""
    run = subprocess.run(["promtool", *arguments], cwd=folder, input=given, capture_output=True, text=True, timeout=300,
                         check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr or f"exit status {run.returncode}"


def complaints(rule: Rule, paths: list[Path]) -> str:
    """What promtool says against the rule in these tests, with no other rule around; empty if nothing."""
    with tempfile.TemporaryDirectory(prefix="iothub-rules-") as scratch:
        folder = Path(scratch)
        (folder / "rules.yaml").write_text(rule_file([rule]), encoding="utf-8")
        for path in paths:
            text = path.read_text(encoding="utf-8")
            assert text.count(SHIPPED) == 1, f"{path.name} does not name {SHIPPED} once"
            (folder / path.name).write_text(text.replace(SHIPPED, "rules.yaml"), encoding="utf-8")
        return promtool("test", "rules", *[path.name for path in paths], folder=folder)

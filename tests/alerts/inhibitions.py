"""The inhibitions of the Alertmanager file that we ship, as names of alerts."""

import re
from dataclasses import dataclass

import yaml

import rule_tests
from rule_tests import ROOT

PATH = ROOT / "config" / "alertmanager" / "alertmanager.yml"
ALERTS = rule_tests.alerts()
MATCHER = re.compile(r'(\w+) *(=~|!=|=) *"?([^"]*)"?')


@dataclass(frozen=True)
class Inhibition:
    causes: frozenset[str]
    symptoms: frozenset[str]
    equal: frozenset[str]  # labels that both must have alike; none means that they need nothing in common


def matched(matchers: list[str]) -> frozenset[str]:
    """The alerts that matchers on the name choose."""
    chosen = frozenset(ALERTS)
    for matcher in matchers:
        label, operator, value = MATCHER.fullmatch(matcher).groups()  # type: ignore[union-attr]
        assert label == "alertname", matcher
        hits = {name for name in ALERTS if re.fullmatch(value, name)}
        assert hits, f"{matcher} is about no alert that there is"
        chosen = chosen - hits if operator == "!=" else chosen & hits
    return chosen


def shipped() -> list[Inhibition]:
    """In the order of the file."""
    return [Inhibition(matched(rule["source_matchers"]), matched(rule["target_matchers"]), frozenset(rule.get("equal", [])))
            for rule in yaml.safe_load(PATH.read_text(encoding="utf-8"))["inhibit_rules"]]

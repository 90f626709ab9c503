"""What alerts, their messages, records and runbooks name is what the exporter has: metrics, labels, values and settings.

usage: test_names.py [unittest's options]
"""

import re
import unittest
from collections.abc import Iterator
from typing import Any

import yaml

import metric_table
import promql
import runbooks
from metric_table import ROOT

LABELS = metric_table.labels()
VALUES = metric_table.values()
# Settings as people write them, from the reference: those of one hub without their place.
SETTINGS = {key.removeprefix("hubs[].").removeprefix("expect[].") for key in re.findall(
    r"^\| `([\w.<>\[\]]+)` \|", (ROOT / "config" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)}
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')


def alerts() -> Iterator[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "config" / "prometheus" / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    for group in groups:
        yield from group["rules"]


def quoted(alert: dict[str, Any]) -> list[str]:
    """What the alert's message quotes for its reader to run or to look up, with some value for each label."""
    filled = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: min(VALUES.get(match[1], {"some"})),
                    alert["annotations"]["description"])
    return re.findall(r"`([^`]+)`", filled)


def is_query(words: str) -> bool:
    return bool(re.search(r"\b(azure_iothub|iothub_job_exporter)_|^up\b", words))


def expressions() -> Iterator[tuple[str, str]]:
    """Where each expression is, and what it says."""
    for name in ("alerts.yaml", "recording.yaml"):
        for group in yaml.safe_load((ROOT / "config" / "prometheus" / name).read_text(encoding="utf-8"))["groups"]:
            for rule in group["rules"]:
                yield rule.get("alert") or rule["record"], rule["expr"]
    for alert in alerts():
        for words in filter(is_query, quoted(alert)):
            yield f"the description of {alert['alert']}", words
    for path in runbooks.paths():
        for at, query in enumerate(runbooks.queries(path), 1):
            yield f"{path.name}, query {at}", query


class NamesTest(unittest.TestCase):
    def test_every_metric_is_one_of_the_exporter(self) -> None:
        for where, expression in expressions():
            with self.subTest(where):
                found = list(promql.selectors(expression))
                self.assertTrue(found, expression)
                self.assertEqual([], [selector.metric for selector in found if selector.metric not in LABELS])

    def test_every_matcher_is_about_a_label_that_the_metric_has(self) -> None:
        for where, expression in expressions():
            for selector in promql.selectors(expression):
                for matcher in selector.matchers:
                    label, _, _ = MATCHER.fullmatch(matcher).groups()  # type: ignore[union-attr]
                    with self.subTest(where, matcher=matcher):
                        self.assertIn(label, LABELS[selector.metric])

    def test_every_value_in_a_matcher_is_one_that_the_label_may_have(self) -> None:
        for where, expression in expressions():
            for selector in promql.selectors(expression):
                for matcher in selector.matchers:
                    label, operator, value = MATCHER.fullmatch(matcher).groups()  # type: ignore[union-attr]
                    named = value.split("|") if "~" in operator else [value]
                    with self.subTest(where, matcher=matcher):
                        self.assertLessEqual(set(named), VALUES.get(label, set(named)))

    def test_every_grouping_is_by_labels_that_a_metric_of_the_expression_has(self) -> None:
        for where, expression in expressions():
            known = set().union(*(LABELS[selector.metric] for selector in promql.selectors(expression)))
            for _, labels in promql.groupings(expression):
                with self.subTest(where):
                    self.assertLessEqual(set(labels), known)

    def test_everything_else_that_a_message_quotes_exists(self) -> None:
        flags = re.findall(r"`(?:iothub_job_exporter check )?(--[\w.-]+)`", (ROOT / "README.md").read_text(encoding="utf-8"))
        known = SETTINGS | set().union(*VALUES.values()) | set(flags) | {"exporterSelector"}
        command = re.compile(rf"iothub_job_exporter check( ({'|'.join(flags)}))?|az iot hub (job list|show) .+")
        for alert in alerts():
            for words in quoted(alert):
                with self.subTest(alert["alert"], words=words):
                    self.assertTrue(is_query(words) or words in known or command.fullmatch(words))


if __name__ == "__main__":
    unittest.main()

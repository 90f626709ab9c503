"""Every query of dashboards and rules on a real Prometheus that has a day of history and scrapes a real exporter.

test_dashboards.py --exporter PROGRAM --simulator PROGRAM [--prometheus PROGRAM] [--promtool PROGRAM] [unittest's options]
"""

import argparse
import contextlib
import math
import re
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import dashboards
import history
import known_world
import running
from fleet import Fleet, Tools
from programs import DEADLINE, NotInTime, fetch, until
from silent_queries import NOT_SHOWN, SILENT

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OPTIONS = argparse.Namespace()
FILES = sorted((ROOT / "dashboards").glob("*.json"))
RULES = [path for path in (ROOT / "config/prometheus" / name for name in ("alerts.yaml", "recording.yaml")) if path.exists()]

EVERYTHING = {"hub": ".+", "job_type": ".+", "job": ".+", "instance": ".+"}
SELECTIONS = {
    "all": EVERYTHING,
    "two hubs": {**EVERYTHING, "hub": "(plant-south|warehouse)"},
    "one hub": {**EVERYTHING, "hub": "vehicles", "job_type": "(export|firmwareUpdate)"},
}
# By Prometheus or its scrapes, so not on the exporter's page.
FOREIGN = {"up", "ALERTS", "scrape_duration_seconds", "scrape_samples_scraped"}
TARGET_LABELS = {"job", "instance"}


class DashboardsTest(unittest.TestCase):
    """All tests look at one fleet and change nothing."""

    fleet: ClassVar[Fleet]
    page: ClassVar[list[history.Sample]]
    panel_queries: ClassVar[dict[str, dashboards.Query]] = {query.where: query for path in FILES for query in dashboards.queries(path)}

    @classmethod
    def setUpClass(cls) -> None:
        tools = Tools(OPTIONS.exporter, OPTIONS.simulator, OPTIONS.prometheus, OPTIONS.promtool)
        cls.fleet = cls.enterClassContext(Fleet(tools, days=1, step=lambda age: 240))
        cls.fleet.finish_a_job("plant-north")  # or the page has no histogram of durations
        cls.page = history.parse(fetch(cls.fleet.page_url))

    def test_the_history_leads_to_the_page(self) -> None:
        """Or the queries would be tried on inventions."""
        now = self.fleet.page_time
        told = history.History(self.fleet.page, now - 30 * 86400, now, [])
        names = {"azure_iothub_jobs", "azure_iothub_last_job_end_timestamp_seconds", "azure_iothub_last_job_duration_seconds",
                 "azure_iothub_last_job_start_timestamp_seconds", "azure_iothub_oldest_active_job_start_timestamp_seconds"}
        compared = [sample for sample in history.parse(self.fleet.page) if sample.name in names]
        self.assertEqual(names, {sample.name for sample in compared})
        for sample in compared:
            with self.subTest(sample=sample):
                self.assertEqual(sample.value, told.past(sample)(now))

    def test_every_variable_has_values(self) -> None:
        for path in FILES:
            for name, (selector, label) in dashboards.variables(path).items():
                with self.subTest(dashboard=path.name, variable=name):
                    match = re.sub(r"\$(\w+)", lambda found: EVERYTHING[found[1]], selector)
                    until("values", lambda: self.fleet.prometheus.api(f"label/{label}/values", match=match) or None)

    def test_every_query_returns_data(self) -> None:
        """With all hubs, two and one; and a query that is known to return none does not."""
        end = time.monotonic() + DEADLINE  # for all of them together, or ten empty panels would take ten minutes
        asked = [(query, selection) for path in FILES for query in dashboards.queries(path) for selection in SELECTIONS]
        asked += [(query, "all") for path in RULES for query in dashboards.rules(path)]
        for query, selection in asked:
            with self.subTest(query=query.where, selection=selection):
                concrete = query.with_variables(SELECTIONS[selection])
                if selection in SILENT.get(query.where, ({}, ""))[0]:
                    self.assertEqual([], self.run_query(concrete), f"{query.where} has data: it is no longer an exception")
                else:
                    self.expect_data(concrete, max(1.0, end - time.monotonic()))

    def test_single_numbers_are_those_of_this_fleet(self) -> None:
        end = time.monotonic() + DEADLINE
        for where, value in known_world.NUMBERS.items():
            with self.subTest(query=where):
                self.expect({(): value}, lambda where=where: self.values(where, ()), end)

    def test_what_is_wrong_now_names_each_problem_once(self) -> None:
        self.expect(known_world.PROBLEMS, lambda: set(self.values("overview: What is wrong now", ("hub", "job_type", "problem"))))

    def test_the_newest_job_of_each_hub_and_type_has_its_verdict(self) -> None:
        end = time.monotonic() + DEADLINE
        for where in ("overview: Newest job of each hub and type", "hub: Newest job of each type"):
            with self.subTest(query=where):
                self.expect(known_world.VERDICTS, lambda where=where: self.words(where, ("hub", "job_type")), end)

    def test_each_expectation_has_its_state(self) -> None:
        self.expect(known_world.EXPECTATIONS, lambda: self.words("expectations: Each expectation: B", ("hub", "job_type"), "State"))

    def test_each_hub_is_said_to_be_readable_or_not(self) -> None:
        known = {(hub,): word for hub, word in known_world.READING.items()}
        self.expect(known, lambda: self.words("overview: All hubs: A", ("hub",), "Reading"))

    def test_durations_are_told_as_bounds_of_the_exporters_buckets(self) -> None:
        name, title = "hub: Durations in this period: B", "95 % took at most"
        units = {"s": 1, "min": 60, "h": 3600}
        texts = [text.split() for _, text in sorted(dashboards.texts(ROOT / "dashboards", name, title).items())]
        self.assertEqual(["over", "24", "h"], texts.pop())
        self.assertEqual(sorted({float(sample.labels["le"]) for sample in self.page if "finished_job_duration_seconds_bucket" in
                                 sample.name} - {math.inf}), [float(number) * units[unit] for number, unit in texts])

        def words() -> dict[tuple[str, ...], str]:
            return {key: word for key, word in self.words(name, ("hub", "job_type"), title).items() if key in known_world.DURATIONS}

        self.expect(known_world.DURATIONS, words)

    def test_a_word_means_the_same_number_everywhere(self) -> None:
        """The counts at the top of two dashboards, and the rows of the tables below them."""
        for word in ("overdue", "never completed"):
            def numbers(word: str = word) -> list[float]:
                problems = self.values("overview: What is wrong now", ("hub", "job_type", "problem"))
                states = self.words("expectations: Each expectation: B", ("hub", "job_type"), "State")
                counts = [self.values(f"{name}: {word.capitalize()}", ())[()] for name in ("overview", "expectations")]
                return [*counts, [problem for _, _, problem in problems].count(word), list(states.values()).count(word)]

            with self.subTest(word=word):
                self.expect(1, lambda numbers=numbers: len(set(numbers())))

    def expect(self, known: object, ask: Callable[[], object], end: float = 0) -> None:
        """Until `end` if several share the time: what was seen last is compared when nothing came of waiting."""
        with contextlib.suppress(NotInTime):
            until("the known values", lambda: ask() == known, max(1.0, (end or time.monotonic() + DEADLINE) - time.monotonic()))
        self.assertEqual(known, ask())

    def values(self, where: str, labels: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        """What a query of a panel says at this moment, by these labels."""
        query = self.panel_queries[where].with_variables(EVERYTHING)
        found = self.fleet.prometheus.query(query.expression)
        values = {tuple(series["metric"].get(label, "") for label in labels): float(series["value"][1]) for series in found}
        self.assertEqual(len(found), len(values), f"two rows for one in {where}")
        return values

    def words(self, where: str, labels: tuple[str, ...], column: str = "") -> dict[tuple[str, ...], str]:
        """The same in the words that the panel has for values; `column` of a table."""
        texts = dashboards.texts(ROOT / "dashboards", where, column)
        return {key: texts.get(value, str(value)) for key, value in self.values(where, labels).items()}

    def run_query(self, query: dashboards.Query) -> list[history.Labels]:
        run = self.fleet.prometheus.query_range if query.is_range else self.fleet.prometheus.query
        parameters = {"span": dashboards.RANGE, "step": query.interval} if query.is_range else {}
        return run(query.expression, **parameters)

    def expect_data(self, query: dashboards.Query, deadline: float) -> None:
        try:
            until("data", lambda: self.run_query(query) or None, deadline)
        except NotInTime as error:
            self.fail(f"{error}\n{query.expression}")

    def test_exceptions_are_about_queries_that_exist(self) -> None:
        known = {query.where for path in FILES for query in dashboards.queries(path)}
        known |= {query.where for path in RULES for query in dashboards.rules(path)}
        self.assertEqual(set(), set(SILENT) - known)

    def test_metrics_and_labels_that_are_asked_for_are_on_the_page(self) -> None:
        labels: dict[str, set[str]] = {}
        for sample in self.page:
            labels.setdefault(sample.name, set()).update(sample.labels)
        for query in self.every_query():
            with self.subTest(query=query.where):
                self.assertEqual(set(), query.metrics() - set(labels), "names that the exporter does not have")
                for name, chosen in query.selectors():
                    if name in labels:
                        self.assertEqual(set(), chosen - labels[name] - TARGET_LABELS, f"labels that {name} does not have")
                    else:
                        self.assertTrue(name in FOREIGN or name in query.metrics(), f"{name} is nobody's metric")

    def test_every_metric_of_the_page_is_shown_or_has_a_reason(self) -> None:
        shown = set().union(*(query.metrics() for query in self.every_query()))
        families = {re.sub(r"_(bucket|sum|count)$", "", sample.name) for sample in self.page}
        shown_families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in shown}
        self.assertEqual(set(NOT_SHOWN), families - shown_families)

    @staticmethod
    def every_query() -> list[dashboards.Query]:
        found = [query for path in FILES for query in dashboards.queries(path)]
        found += [dashboards.Query(f"{path.stem}: {name}", selector, False)
                  for path in FILES for name, (selector, _) in dashboards.variables(path).items()]
        return found + [query for path in RULES for query in dashboards.rules(path)]


if __name__ == "__main__":
    running.main(OPTIONS, "exporter", "simulator", "prometheus", "promtool")

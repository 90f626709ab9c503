"""Breaks each house rule once in one of our own dashboards, and sees that it is noticed: a check that cannot fail is none.

test_check_dashboards.py [unittest's options]
"""

import copy
import re
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import check_dashboards
from check_dashboards import check_set, load, panels_of

HERE = Path(__file__).resolve().parent
DASHBOARDS, METRICS = load(HERE.parents[1])
Json = dict[str, Any]


def of_kind(dashboard: Json, kind: str) -> Json:
    return next(panel for panel in panels_of(dashboard) if panel["type"] == kind)


def set_at(*path: Any) -> Callable[[Json], None]:
    """Sets what the path leads to, through the first stat of the dashboard, to the last element."""

    def apply(dashboard: Json) -> None:
        node = of_kind(dashboard, "stat")
        for step in path[:-2]:
            node = node[step]
        node[path[-2]] = path[-1]

    return apply


def expression(text: str) -> Callable[[Json], None]:
    return set_at("targets", 0, "expr", text)


def in_dashboard(key: str, value: Any) -> Callable[[Json], None]:
    return lambda dashboard: dashboard.__setitem__(key, value)


def in_variable(index: int, key: str, value: Any) -> Callable[[Json], None]:
    return lambda dashboard: dashboard["templating"]["list"][index].__setitem__(key, value)


def link(url: str) -> Callable[[Json], None]:
    return set_at("links", [{"title": "x", "url": url, "targetBlank": False}])


def in_links_of_the_table(old: str, new: str) -> Callable[[Json], None]:
    """Changes the links of a column."""

    def apply(dashboard: Json) -> None:
        changed = 0
        for panel in panels_of(dashboard):
            if panel["type"] == "table":
                for override in panel["fieldConfig"]["overrides"]:
                    for each in (each for item in override["properties"] if item["id"] == "links" for each in item["value"]):
                        changed += each["url"].count(old)
                        each["url"] = each["url"].replace(old, new)
        assert changed, f"no link of a table has {old}"

    return apply


def dashboard_link(url: str) -> Callable[[Json], None]:
    return lambda dashboard: dashboard["links"].append({"type": "link", "title": "x", "url": url})


def repeat_a_state(dashboard: Json) -> None:
    options = of_kind(dashboard, "state-timeline")["fieldConfig"]["defaults"]["mappings"][0]["options"]
    del options["3"]


def colour_without_text(dashboard: Json) -> None:
    of_kind(dashboard, "state-timeline")["fieldConfig"]["defaults"]["mappings"][0]["options"]["3"]["text"] = ""


def overlap(dashboard: Json) -> None:
    of_kind(dashboard, "table")["gridPos"]["y"] = 0


def misspelt_override(dashboard: Json) -> None:
    of_kind(dashboard, "table")["fieldConfig"]["overrides"][1]["matcher"]["options"] = "Hbu"


def stacked_lines(dashboard: Json) -> None:
    of_kind(dashboard, "timeseries")["fieldConfig"]["defaults"]["custom"]["drawStyle"] = "line"


def time_of_the_query(dashboard: Json) -> None:
    del dashboard["annotations"]["list"][0]["useValueForTime"]


def second_query_of_the_same_name(dashboard: Json) -> None:
    targets = of_kind(dashboard, "stat")["targets"]
    targets.append(copy.deepcopy(targets[0]))


FINISHED = 'azure_iothub_jobs_finished_total{hub=~"$hub"}'

# One broken input for each rule, all of them made from the dashboard Overview.
BROKEN: dict[str, Callable[[Json], None]] = {
    "all-value": in_variable(1, "allValue", ".*"),
    "colour": set_at("fieldConfig", "defaults", "color", {"mode": "fixed", "fixedColor": "green"}),
    "colour-alone": colour_without_text,
    "colour-mode": set_at("fieldConfig", "defaults", "color", {"mode": "continuous-GrYlRd"}),
    "counter": expression(f"max by (hub) ({FINISHED})"),
    "data-source": set_at("datasource", {"type": "prometheus", "uid": "P1809F7CD0C75ACF3"}),
    "definition": in_variable(1, "definition", "label_values(azure_iothub_active, hub)"),
    "description": set_at("description", "Jobs."),
    "drop-down": in_dashboard("links", []),
    "first-variable": in_variable(0, "query", "loki"),
    "format": set_at("targets", 0, "format", "table"),
    "grid": set_at("gridPos", "x", 23),
    "head": in_dashboard("editable", True),
    "hub": expression('max by (hub) (azure_iothub_up{hub="a"})'),
    "inputs": in_dashboard("__inputs", []),
    "instance": expression('max(iothub_job_exporter_scheduler_lag_seconds{job=~"$job"})'),
    "instant": set_at("targets", 0, "instant", False),
    "kind": set_at("type", "grafana-polystat-panel"),
    "label": expression('max by (hub) (azure_iothub_up{hub=~"$hub", status="failed"})'),
    "legend": lambda dashboard: of_kind(dashboard, "timeseries")["options"]["legend"].__setitem__("showLegend", False),
    "link": link("/d/azure-iothub-nowhere?a=b"),
    "link-column": link("https://portal.azure.com/${__data.fields.Hub}"),
    "link-target": in_links_of_the_table("var-hub=", "var-hubs="),
    "link-variable": link("/d/azure-iothub-hub?${cluster:queryparam}"),
    "metric": expression('max by (hub) (azure_iothub_job_count{hub=~"$hub"})'),
    "named": in_dashboard("description", ""),
    "no-query": set_at("targets", []),
    "novalue": set_at("fieldConfig", "defaults", "noValue", ""),
    "overlap": overlap,
    "override": misspelt_override,
    "portal": in_links_of_the_table("Microsoft.Devices/IotHubs", "Microsoft.Device/IotHubs"),
    "ref-id": second_query_of_the_same_name,
    "reload": in_variable(1, "refresh", 1),
    "replicas": expression('count(azure_iothub_up{hub=~"$hub"} == 0)'),
    "same": in_dashboard("uid", DASHBOARDS["hub"]["uid"]),
    "several": expression('max by (hub) (azure_iothub_up{hub="$hub"})'),
    "sort": lambda dashboard: of_kind(dashboard, "table")["options"].__setitem__("sortBy", [{"displayName": "x", "desc": True}]),
    "stacking": stacked_lines,
    "states": repeat_a_state,
    "thresholds": set_at("fieldConfig", "defaults", "thresholds", None),
    "title-fits": set_at("title", "How many job types failed last, on all hubs?"),
    "trap": set_at("description", "How many job types ended in failure last, on all of the chosen hubs together, now."),
    "true-time": time_of_the_query,
    "twice": set_at("title", "Overdue"),
    "unit": set_at("fieldConfig", "defaults", "unit", ""),
    "unit-of-time": expression('max by (hub) (azure_iothub_last_poll_duration_seconds{hub=~"$hub"})'),
    "unknown-unit": set_at("fieldConfig", "defaults", "unit", "parsecs"),
    "unknown-variable": expression('max by (hub) (azure_iothub_up{hub=~"$hub"}) > $threshold'),
    "window": expression(f"max by (hub) (increase({FINISHED}[5m]))"),
}


def rules_broken_by(change: Callable[[Json], None]) -> set[str]:
    dashboards = copy.deepcopy(DASHBOARDS)
    change(dashboards["overview"])
    return {fault.rule for faults in check_set(dashboards, METRICS).values() for fault in faults}


class CheckDashboardsTest(unittest.TestCase):
    def test_our_dashboards_break_no_rule(self) -> None:
        self.assertEqual(set(), rules_broken_by(lambda dashboard: None))

    def test_each_broken_rule_is_noticed(self) -> None:
        for rule, change in BROKEN.items():
            with self.subTest(rule=rule):
                self.assertIn(rule, rules_broken_by(change))

    def test_variables_of_every_kind_of_link_are_those_of_its_target(self) -> None:
        """${hub:queryparam} sets var-hub, and the dashboard Exporter has no variable of job types."""
        url = "/d/azure-iothub-exporter?${job_type:queryparam}"
        broken = {
            "panel": link(url),
            "data": set_at("fieldConfig", "defaults", "links", [{"title": "x", "url": url}]),
            "column": in_links_of_the_table("/d/azure-iothub-hub?", url + "&"),
            "dashboard": dashboard_link(url),
        }
        for kind, change in broken.items():
            with self.subTest(kind=kind):
                self.assertIn("link-target", rules_broken_by(change))

    def test_a_link_of_a_row_needs_the_variable_that_it_is_given(self) -> None:
        for url in ("/d/azure-iothub-hub?var-hubs=a", "/d/azure-iothub-hub?a=b&var-Hub=a", "/d/azure-iothub-hub?var-=a"):
            with self.subTest(url=url):
                self.assertIn("link-target", rules_broken_by(link(url)))
        self.assertEqual(set(), rules_broken_by(link("/d/azure-iothub-hub?var-hub=a")))

    def test_grafanas_own_palette_is_refused(self) -> None:
        for mode in ("palette-classic", "palette-classic-by-name"):
            with self.subTest(mode=mode):
                self.assertEqual({"colour-mode"}, rules_broken_by(set_at("fieldConfig", "defaults", "color", {"mode": mode})))

    def test_each_rule_is_broken_here(self) -> None:
        """A rule that nobody breaks may be one that cannot be broken."""
        source = "".join((HERE / name).read_text(encoding="utf-8")
                         for name in ("check_dashboards.py", "dashboard_panels.py", "dashboard_queries.py"))
        rules = set(re.findall(r'Fault\("([a-z-]+)"', source)) | {"unit", "novalue", "thresholds"}
        self.assertEqual(rules - {"exception"}, set(BROKEN))

    def test_an_exception_excuses_its_fault_and_no_other(self) -> None:
        excuse = {"overview": {("trap", "Failing now"): "for the test"}}
        with mock.patch.object(check_dashboards, "EXCEPTIONS", excuse):
            self.assertEqual(set(), rules_broken_by(BROKEN["trap"]))
            self.assertIn("metric", rules_broken_by(BROKEN["metric"]))

    def test_an_exception_that_nothing_needs_is_noticed(self) -> None:
        excuse = {"overview": {("trap", "Failing now"): "for the test"}}
        with mock.patch.object(check_dashboards, "EXCEPTIONS", excuse):
            self.assertEqual({"exception"}, rules_broken_by(lambda dashboard: None))


if __name__ == "__main__":
    unittest.main()

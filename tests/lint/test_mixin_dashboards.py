"""The dashboards of the mixin honour its settings: a selector, labels that tell fleets apart, prefixes and addresses.

test_mixin_dashboards.py [unittest's options]
"""

import json
import re
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "config" / "mixin"))

import generate  # noqa: E402: found by the line above
from check_dashboards import panels_of  # noqa: E402
from dashboard_queries import SELECTOR, Json  # noqa: E402

SETTINGS = """{
  selector: 'env="prod"', extraLabels: ['tenant', 'cluster'], uidPrefix: 'p-', tags: ['mine'], titlePrefix: 'Mine: ',
  exporterURL: '', portalURL: 'https://portal.azure.us',
}"""
MADE = generate.evaluate(SETTINGS)
DASHBOARDS: dict[str, Json] = MADE["dashboards"]
# What identifies a row or a line, so that it must not be mixed with that of another fleet.
OWN = {"hub", "instance", "credential", "subscription_id"}


def expressions(dashboard: Json) -> Iterator[tuple[str, str]]:
    for panel in panels_of(dashboard):
        yield from ((panel["title"], target["expr"]) for target in panel.get("targets", []))
    yield from ((note["name"], note["expr"]) for note in dashboard["annotations"]["list"])


def everything() -> Iterator[tuple[str, str]]:
    for name, dashboard in DASHBOARDS.items():
        yield from ((f"{name}: {where}", expression) for where, expression in expressions(dashboard))


class MixinDashboardsTest(unittest.TestCase):
    def test_every_selector_begins_with_ours_and_the_chosen_fleets(self) -> None:
        for where, expression in everything():
            for name, matchers in SELECTOR.findall(expression):
                with self.subTest(where=where, metric=name):
                    self.assertTrue(matchers.startswith('env="prod", tenant=~"$tenant", cluster=~"$cluster"'), matchers)

    def test_every_metric_has_a_selector(self) -> None:
        for where, expression in everything():
            with self.subTest(where=where):
                bare = re.findall(r"\b(?:azure_iothub|iothub_job_exporter|process)_\w+\b(?!\{)", re.sub(r'"[^"]*"', "", expression))
                self.assertEqual([], bare)

    def test_groupings_and_joins_keep_fleets_apart(self) -> None:
        for where, expression in everything():
            for labels in re.findall(r"\b(?:by|on) \(([^)]*)\)", expression):
                with self.subTest(where=where, labels=labels):
                    if OWN & set(labels.split(", ")):
                        self.assertTrue(labels.startswith("tenant, cluster, "))

    def test_every_expression_is_one_that_prometheus_understands(self) -> None:
        rules = [{"record": f"record:{index}", "expr": re.sub(r"\$__\w+", "5m", expression)}
                 for index, (_, expression) in enumerate(everything())]
        text = json.dumps({"groups": [{"name": "all", "rules": rules}]})
        run = subprocess.run(["promtool", "check", "rules", "/dev/stdin"], input=text, capture_output=True, text=True, timeout=60,
                             check=False)
        self.assertEqual(0, run.returncode, run.stdout + run.stderr)

    def test_fleets_are_variables_that_narrow_each_other(self) -> None:
        for name, dashboard in DASHBOARDS.items():
            with self.subTest(dashboard=name):
                tenant, cluster, *others = dashboard["templating"]["list"][1:]
                self.assertEqual('label_values(azure_iothub_up{env="prod"}, tenant)', tenant["definition"])
                self.assertEqual('label_values(azure_iothub_up{env="prod", tenant=~"$tenant"}, cluster)', cluster["definition"])
                for variable in others:
                    self.assertIn('{env="prod", tenant=~"$tenant", cluster=~"$cluster"', variable["definition"])

    def test_links_carry_the_fleets_and_lead_where_the_settings_say(self) -> None:
        text = json.dumps(DASHBOARDS)
        links = re.findall(r'"url": "(/d/[^"]*)"', text)
        self.assertTrue(links)
        for url in links:
            with self.subTest(url=url):
                self.assertTrue(url.startswith("/d/p-"))
                self.assertIn("${tenant:queryparam}&${cluster:queryparam}", url)
        self.assertIn("https://portal.azure.us/#resource/", text)
        self.assertNotIn("portal.azure.com", text)

    def test_tables_of_hubs_name_the_fleet(self) -> None:
        tables = [panel for dashboard in DASHBOARDS.values() for panel in panels_of(dashboard) if panel["type"] == "table"]
        for panel in tables:
            names = panel["transformations"][-1]["options"]["renameByName"]
            with self.subTest(panel=panel["title"]):
                self.assertLessEqual({"tenant", "cluster"}, set(names))

    def test_tags_prefixes_and_titles_are_settings(self) -> None:
        for name, dashboard in DASHBOARDS.items():
            with self.subTest(dashboard=name):
                self.assertEqual("p-" + name.removesuffix(".json"), dashboard["uid"])
                self.assertTrue(dashboard["title"].startswith("Mine: "))
                self.assertEqual((["mine"], ["mine"]), (dashboard["tags"], dashboard["links"][0]["tags"]))

    def test_links_of_alerts_lead_to_these_dashboards_and_choose_by_their_variables(self) -> None:
        variables = {dashboard["uid"]: {variable["name"] for variable in dashboard["templating"]["list"]}
                     for dashboard in DASHBOARDS.values()}
        for rule in (rule for group in MADE["alerts"]["groups"] for rule in group["rules"]):
            url = rule["annotations"]["dashboard_url"]
            with self.subTest(alert=rule["alert"]):
                uid = re.search(r"/d/([^?]+)", url)
                self.assertIsNotNone(uid)
                self.assertIn(uid[1], variables)
                self.assertLessEqual(set(re.findall(r"[?&]var-(\w+)=", url)), variables[uid[1]])

    def test_without_an_address_there_is_no_link_to_the_exporter(self) -> None:
        self.assertNotIn("localhost:10468", json.dumps(DASHBOARDS))
        self.assertEqual({1}, {len(dashboard["links"]) for dashboard in DASHBOARDS.values()})
        self.assertIn("localhost:10468", (ROOT / "dashboards" / "hub.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()

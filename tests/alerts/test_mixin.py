"""The mixin's settings reach everything, and the files that are made of it say what it says.

usage: test_mixin.py [unittest's options]
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import yaml

import promql

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "config" / "mixin"))
import generate  # noqa: E402  (it lives with the mixin, for users who have nothing but that folder)

Json = dict[str, Any]
SELECTOR = 'env="prod"'
RULES = ("alerts", "recording")
SHIPPED = generate.evaluate(kinds=RULES)
FLEETS = generate.evaluate(f"{{ extraLabels: ['cluster'], selector: '{SELECTOR}' }}", RULES)
# What has no labels of hubs to keep: the alert on what is not there.
WITHOUT_LABELS = {"AzureIotHubExporterAbsent"}


def rules(made: Json) -> Iterator[Json]:
    for kind in RULES:
        for group in made[kind]["groups"]:
            yield from group["rules"]


def name_of(rule: Json) -> str:
    return str(rule.get("alert") or rule.get("record"))


class GeneratedFilesTest(unittest.TestCase):
    def test_the_yaml_says_what_the_mixin_says(self) -> None:
        for kind in RULES:
            path = ROOT / "config" / "prometheus" / f"{kind}.yaml"
            self.assertEqual(SHIPPED[kind], yaml.safe_load(path.read_text(encoding="utf-8")), kind)

    def test_any_text_survives_the_way_through_yaml(self) -> None:
        texts = ["2m", "no", "y", "it's", "a: b", "a #b", "a:b", " a", "a ", "{a}", "- a", "'", '"', "1", "1.5", "",
                 "a\nb\n", "one paragraph\nand another " + "words " * 20 + "here",
                 "words " * 40 + "{{ $labels.hub }} and {{ $value }}", "max by (hub) (up{job=\"a\"}) == 0"]
        annotations = {f"key{at:02}": text for at, text in enumerate(texts)}
        document = {"groups": [{"name": "a", "rules": [{"alert": "A", "annotations": annotations}]}]}
        self.assertEqual(document, yaml.safe_load(generate.yaml_text(document)))


class FleetsTest(unittest.TestCase):
    """With a label for several fleets in one Prometheus, and a selector for one environment."""

    def test_promtool_accepts_the_rules(self) -> None:
        for kind in RULES:
            run = subprocess.run(["promtool", "check", "rules", "/dev/stdin"], input=generate.yaml_text(FLEETS[kind]),
                                 capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(0, run.returncode, run.stdout + run.stderr)

    def test_every_selector_begins_with_ours(self) -> None:
        for rule in rules(FLEETS):
            found = list(promql.selectors(rule["expr"]))
            with self.subTest(name_of(rule)):
                self.assertTrue(found)
                self.assertEqual([], [selector for selector in found if selector.matchers[:1] != (SELECTOR,)])

    def test_every_grouping_keeps_the_label(self) -> None:
        for rule in rules(FLEETS):
            with self.subTest(name_of(rule)):
                found = [labels for _, labels in promql.groupings(rule["expr"])]
                self.assertEqual([], [labels for labels in found if "cluster" not in labels])

    def test_no_aggregation_goes_without_a_grouping(self) -> None:
        """It would drop every label, and the check above would not see it."""
        for rule in rules(FLEETS):
            with self.subTest(name_of(rule)):
                self.assertEqual([], re.findall(r"\b(?:max|min|sum|count|avg|group) *\([^)]*", rule["expr"]))

    def test_the_names_of_records_begin_with_the_label(self) -> None:
        records = [rule["record"] for rule in rules(FLEETS) if "record" in rule]
        self.assertEqual([], [record for record in records if not record.startswith("cluster_hub")])

    def test_the_texts_of_alerts_name_the_fleet(self) -> None:
        for rule in rules(FLEETS):
            if "alert" in rule and rule["alert"] not in WITHOUT_LABELS:
                with self.subTest(rule["alert"]):
                    for text in ("summary", "description"):
                        self.assertIn("cluster {{ $labels.cluster }}", rule["annotations"][text])

    def test_queries_in_the_texts_ask_for_the_same_fleet(self) -> None:
        for rule in rules(FLEETS):
            text = rule.get("annotations", {}).get("description", "")
            for query in re.findall(r"`([^`]*\{(?:cluster|env|hub|credential|instance)=[^`]*)`", text):
                with self.subTest(rule["alert"], query=query):
                    self.assertIn(SELECTOR, query)

    def test_links_that_choose_a_hub_choose_the_fleet_as_well(self) -> None:
        links = [rule["annotations"]["dashboard_url"] for rule in rules(FLEETS) if "alert" in rule]
        self.assertEqual([], [link for link in links if "var-hub=" in link and "var-cluster=" not in link])
        self.assertTrue(any("var-hub=" in link for link in links))


class ReadmeTest(unittest.TestCase):
    def test_its_commands_make_rules_and_dashboards_of_its_settings(self) -> None:
        readme = (ROOT / "config" / "mixin" / "README.md").read_text(encoding="utf-8")
        settings, commands = (re.findall(rf"^```{kind}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)[0]
                              for kind in ("jsonnet", "sh"))
        with tempfile.TemporaryDirectory(prefix="iothub-mixin-") as scratch:
            folder = Path(scratch) / "mixin"
            shutil.copytree(ROOT / "config" / "mixin", folder)
            (folder / "yours.jsonnet").write_text(settings, encoding="utf-8")
            subprocess.run(["bash", "-e", "-c", commands], cwd=folder, check=True, timeout=60, capture_output=True)
            for name in ("alerts.yaml", "recording.yaml"):
                subprocess.run(["promtool", "check", "rules", str(folder / "made" / name)], check=True, timeout=60,
                               capture_output=True)
            self.assertIn('env="prod"', (folder / "made" / "alerts.yaml").read_text(encoding="utf-8"))
            self.assertGreater(len(list((folder / "made").glob("*.json"))), 3)


class SettingsTest(unittest.TestCase):
    made: ClassVar[dict[str, Json]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.made = {name_of(rule): rule for rule in rules(generate.evaluate("""{
          grafanaURL: 'https://grafana.example',
          runbookURL: 'https://wiki.example/',
          uidPrefix: 'ours-',
          severities+: { JobFailed: 'critical', JobSlow: null },
          waits+: { JobFailed: '7m' },
          thresholds+: { overdueFactor: 3 },
        }""", RULES))}

    def test_an_alert_without_a_severity_is_left_out(self) -> None:
        self.assertEqual({"AzureIotHubJobSlow"}, {name_of(rule) for rule in rules(SHIPPED)} - set(self.made))

    def test_links_go_where_the_settings_say(self) -> None:
        for name, rule in self.made.items():
            if "alert" in rule:
                self.assertTrue(rule["annotations"]["dashboard_url"].startswith("https://grafana.example/d/ours-"), name)
                self.assertEqual(f"https://wiki.example/{name}.md", rule["annotations"]["runbook_url"])

    def test_windows_may_be_of_weeks(self) -> None:
        made = generate.evaluate("{ thresholds+: { failingWindow: '1w' } }", ["alerts"])["alerts"]["groups"]
        often = next(rule for group in made for rule in group["rules"] if rule["alert"] == "AzureIotHubJobsFailingOften")
        self.assertIn("within the last week", often["annotations"]["description"])

    def test_settings_that_cannot_work_are_refused_with_a_sentence(self) -> None:
        for settings, words in (("{ thresholds+: { failingWindow: '1h30m' } }", 'duration "1h30m" is not a whole number'),
                                ("{ selector: 'env=\"prod\",' }", "selector ends with a comma")):
            with self.subTest(settings), self.assertRaisesRegex(SystemExit, words):
                generate.evaluate(settings, RULES)

    def test_severities_waits_and_thresholds_are_settings(self) -> None:
        failed, overdue = self.made["AzureIotHubJobFailed"], self.made["AzureIotHubJobOverdue"]
        self.assertEqual(("critical", "7m"), (failed["labels"]["severity"], failed["for"]))
        self.assertIn("3 * max by", overdue["expr"])
        self.assertIn("more than 3 times", overdue["annotations"]["description"])


if __name__ == "__main__":
    unittest.main()

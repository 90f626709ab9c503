"""Alertmanager's file is accepted, routes every alert by its severity, and inhibits what there is.

usage: test_alertmanager.py [unittest's options]
"""

import re
import subprocess
import tempfile
import unittest
from typing import Any

import yaml

import inhibitions
import promql
import rule_tests
from inhibitions import ALERTS, MATCHER, PATH
from rule_tests import ROOT

CONFIG = yaml.safe_load(PATH.read_text(encoding="utf-8"))
INHIBITIONS = inhibitions.shipped()
RECEIVERS = {"critical": "pager", "warning": "chat", "info": "nobody"}
PAIRS = {(cause, symptom) for each in INHIBITIONS for cause in each.causes for symptom in each.symptoms}


def amtool(*arguments: str) -> str:
    run = subprocess.run(["amtool", *arguments], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def kept_labels(expression: str) -> set[str]:
    """The labels of an alert: those that its groupings keep, or those of the target."""
    grouped = [labels for kind, labels in promql.groupings(expression) if kind == "by"]
    return set(grouped[0]) if grouped else {"job", "instance"}


def routes(route: dict[str, Any]) -> list[dict[str, Any]]:
    return [route, *[inner for child in route.get("routes", []) for inner in routes(child)]]


class AlertmanagerTest(unittest.TestCase):
    def test_amtool_accepts_the_file(self) -> None:
        self.assertIn("SUCCESS", amtool("check-config", str(PATH)))

    def test_every_alert_goes_where_its_severity_says(self) -> None:
        for name, rule in ALERTS.items():
            severity = rule["labels"]["severity"]
            with self.subTest(name):
                receiver = amtool("config", "routes", "test", f"--config.file={PATH}", f"alertname={name}",
                                  f"severity={severity}", "hub=testHub")
                self.assertEqual(RECEIVERS[severity], receiver.strip())

    def test_an_alert_of_somebody_else_is_not_lost(self) -> None:
        receiver = amtool("config", "routes", "test", f"--config.file={PATH}", "alertname=Other", "severity=page")
        self.assertEqual("chat", receiver.strip())

    def test_names_in_routes_are_those_of_alerts(self) -> None:
        named = [matcher for route in routes(CONFIG["route"]) for matcher in route.get("matchers", [])
                 if matcher.startswith("alertname")]
        self.assertTrue(named)
        for matcher in named:
            pattern = MATCHER.fullmatch(matcher)[3]  # type: ignore[index]
            self.assertRegex(pattern, r"^AzureIotHub\([\w|]+\)$")
            names = pattern.removeprefix("AzureIotHub(").removesuffix(")").split("|")
            self.assertLessEqual({f"AzureIotHub{name}" for name in names}, set(ALERTS))

    def test_inhibitions_are_about_alerts_that_have_the_labels_to_compare(self) -> None:
        for each in INHIBITIONS:
            with self.subTest(each.causes):
                self.assertTrue(each.causes and each.symptoms)
                for name in each.causes | each.symptoms:
                    self.assertLessEqual(each.equal, kept_labels(ALERTS[name]["expr"]), name)

    def test_no_alert_inhibits_itself_or_its_inhibitor(self) -> None:
        """Two alerts that mute each other would both be silent."""
        self.assertEqual(set(), {(cause, symptom) for cause, symptom in PAIRS if (symptom, cause) in PAIRS})

    def test_nothing_critical_is_muted_by_less(self) -> None:
        severity = {name: rule["labels"]["severity"] for name, rule in ALERTS.items()}
        self.assertEqual(set(), {(cause, symptom) for cause, symptom in PAIRS
                                 if severity[symptom] == "critical" and severity[cause] != "critical"})

    def test_every_receiver_tells_of_the_end_as_well(self) -> None:
        settings = [setting for receiver in CONFIG["receivers"] for kind, found in receiver.items()
                    if kind.endswith("_configs") for setting in found]
        self.assertTrue(settings)
        self.assertEqual([], [setting for setting in settings if setting.get("send_resolved") is not True])

    def test_messages_show_annotations_that_every_alert_has(self) -> None:
        shown = set(re.findall(r"\.Annotations\.(\w+)", PATH.read_text(encoding="utf-8")))
        self.assertEqual({"summary", "description", "runbook_url", "dashboard_url"}, shown)
        for name, rule in ALERTS.items():
            self.assertLessEqual(shown, set(rule["annotations"]), name)

    def test_only_the_absence_of_every_exporter_mutes_everything(self) -> None:
        """An instance that is down must not mute what the others see."""
        muting = [each.causes for each in INHIBITIONS if not each.equal]
        self.assertEqual([{"AzureIotHubExporterAbsent"}], muting)

    def test_a_cause_speaks_before_the_symptom_that_it_mutes(self) -> None:
        for cause, symptom in (("AccessDenied", "CollectionFailing"), ("TokenExpired", "TokenRefreshFailing"),
                               ("JobStuck", "JobSlotSaturated")):
            waits = [rule_tests.minutes(ALERTS[f"AzureIotHub{name}"]["for"]) for name in (cause, symptom)]
            self.assertLess(*waits)

    def test_the_absence_of_every_exporter_speaks_before_others_end_for_want_of_news(self) -> None:
        """Or their end would be told as a repair. A scrape and an evaluation come between, of a minute each."""
        memories = [rule_tests.minutes(window) for rule in ALERTS.values()
                    for window in re.findall(r"last_over_time\([^\[]*\[(\w+)[\]:]", rule["expr"])]
        wait = rule_tests.minutes(ALERTS["AzureIotHubExporterAbsent"]["for"])
        self.assertLess(wait + 2, min(memories))

    def test_the_readme_copies_all_that_prometheus_and_alertmanager_need(self) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        copying = next(line for line in readme.splitlines() if line.startswith("sudo cp --backup config/"))
        with tempfile.TemporaryDirectory(prefix="iothub-readme-") as folder:
            command = copying.removeprefix("sudo ").replace("/etc/prometheus/", folder)
            subprocess.run(["bash", "-c", command], cwd=ROOT, check=True, timeout=60)
            self.assertEqual("", rule_tests.promtool("check", "config", f"{folder}/prometheus.yml"))
            self.assertIn("SUCCESS", amtool("check-config", f"{folder}/alertmanager.yml"))

    def test_one_line_is_left_to_fill_in(self) -> None:
        lines = [line for line in PATH.read_text(encoding="utf-8").splitlines() if "YOUR" in line]
        self.assertEqual(["  slack_api_url: https://hooks.slack.com/services/YOUR/WEBHOOK/HERE"], lines)


if __name__ == "__main__":
    unittest.main()

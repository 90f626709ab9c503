"""The unit tests of the alerts pass, and each alert has tests of every sort.

usage: test_rules.py [unittest's options]
"""

import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mutants
import rule_tests
from rule_tests import ROOT

Json = dict[str, Any]
ALERTS = rule_tests.alerts()
INSTANCES = {'instance="a:', 'instance="b:'}


def expected(group: Json, alert: str) -> list[tuple[int, bool]]:
    """When a group looks at an alert, in minutes, and whether it wants to see it fire."""
    texts = [(check["eval_time"], bool(check["exp_alerts"])) for check in group.get("alert_rule_test", [])
             if check["alertname"] == alert]
    series = [(check["eval_time"], bool(check["exp_samples"])) for check in group.get("promql_expr_test", [])
              if f'alertname="{alert}"' in check["expr"]]
    return sorted((rule_tests.minutes(time), fires) for time, fires in texts + series)


class RuleTest(unittest.TestCase):
    def test_every_alert_passes_its_tests(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            said = dict(zip(ALERTS, pool.map(lambda alert: rule_tests.complaints(
                ALERTS[alert], rule_tests.files(alert)), ALERTS), strict=True))
        for alert, words in said.items():
            with self.subTest(alert):
                self.assertEqual("", words)

    def test_the_records_pass_their_tests(self) -> None:
        self.assertEqual("", rule_tests.promtool("test", "rules", str(rule_tests.HERE / "recording.yaml")))

    def test_no_test_is_about_an_alert_that_there_is_not(self) -> None:
        owned = {path for alert in ALERTS for path in rule_tests.files(alert)}
        self.assertEqual([], sorted(path.name for path in set(rule_tests.TESTS.glob("*.yaml")) - owned))

    def test_every_alert_is_seen_to_fire_to_be_silent_and_to_recover(self) -> None:
        for alert in ALERTS:
            groups = [expected(group, alert) for group in rule_tests.groups(alert)]
            with self.subTest(alert):
                self.assertTrue(groups, "no tests")
                self.assertTrue(any(fires for group in groups for _, fires in group), "never fires")
                self.assertTrue(any(not group[0][1] for group in groups), "never silent before it fires")
                self.assertTrue(any(any(fires for _, fires in group) and not group[-1][1] for group in groups),
                                "never recovers")

    def test_every_alert_fires_a_minute_after_it_did_not(self) -> None:
        """The boundary of `for`; what is looked at less often may be further apart."""
        for alert in ALERTS:
            groups = [expected(group, alert) for group in rule_tests.groups(alert)]
            steps = [step for checks in groups for step in zip(checks, checks[1:], strict=False)]
            apart = [after - before for (before, fired), (after, fires) in steps if fires and not fired]
            with self.subTest(alert):
                self.assertIn(1, apart)

    def test_every_alert_is_tried_with_two_replicas(self) -> None:
        for alert in ALERTS:
            with self.subTest(alert):
                series = [str(group["input_series"]) for group in rule_tests.groups(alert)]
                self.assertTrue(any(all(instance in text for instance in INSTANCES) for text in series))

    def test_the_texts_of_every_alert_are_compared(self) -> None:
        for alert, rule in ALERTS.items():
            compared = [fired["exp_annotations"] for group in rule_tests.groups(alert)
                        for check in group.get("alert_rule_test", []) for fired in check["exp_alerts"]]
            with self.subTest(alert):
                self.assertTrue(any(set(texts) == set(rule["annotations"]) for texts in compared))

    def test_every_mutant_is_a_rule_that_promtool_accepts(self) -> None:
        """Or mutate_alerts.py would count spelling mistakes as noticed."""
        made = [mutant.rule for rule in ALERTS.values() for mutant in mutants.mutants(rule)]
        self.assertEqual("", rule_tests.promtool("check", "rules", "/dev/stdin", given=mutants.rule_file(made)))
        self.assertGreater(len(made), 10 * len(ALERTS))


class RuleFileTest(unittest.TestCase):
    def test_promtool_finds_nothing_to_say(self) -> None:
        for name in ("alerts.yaml", "recording.yaml"):
            path = ROOT / "config" / "prometheus" / name
            with self.subTest(name):
                self.assertEqual("", rule_tests.promtool("check", "rules", "--lint=all", "--lint-fatal", str(path)))


if __name__ == "__main__":
    unittest.main()

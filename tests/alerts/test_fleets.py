"""Several fleets in one Prometheus, whose hubs have the same names, alert each for itself.

usage: test_fleets.py [unittest's options]

Runs the unit tests of every alert once more, on rules with an extra label and a selector: each series is there for two
fleets, for which every alert is expected, and for a third one that the selector leaves out.
"""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import yaml

import rule_tests
from mutants import rule_file

sys.path.insert(0, str(rule_tests.ROOT / "config" / "mixin"))
import generate  # noqa: E402  (it lives with the mixin, for users who have nothing but that folder)

Json = dict[str, Any]
SETTINGS = "{ extraLabels: ['cluster'], selector: 'env!=\"test\"' }"
SEEN = ['cluster="one"', 'cluster="two"']
LEFT_OUT = 'cluster="three", env="test"'
# What says that there is nothing has no series to take labels from.
WITHOUT_LABELS = {"AzureIotHubExporterAbsent"}


def labelled(series: str, labels: str) -> str:
    return re.sub(r"\{", "{" + labels + ", ", series, count=1)


def for_fleets(group: Json) -> Json:
    """A group of tests on series of all fleets. Texts are left out: they are compared elsewhere."""
    inputs = [line | {"series": labelled(line["series"], labels)} for line in group["input_series"]
              for labels in [*SEEN, LEFT_OUT]]
    checks = [check | {"exp_samples": [sample | {"labels": labelled(sample["labels"], labels)}
                                       for sample in check["exp_samples"] for labels in SEEN]}
              for check in group.get("promql_expr_test", [])]
    texts = [{"expr": f'ALERTS{{alertname="{check["alertname"]}", alertstate="firing"}}', "eval_time": check["eval_time"],
              "exp_samples": [{"labels": firing(check["alertname"], fired["exp_labels"], labels), "value": 1}
                              for fired in check["exp_alerts"] for labels in SEEN]}
             for check in group.get("alert_rule_test", [])]
    return {"interval": group["interval"], "name": group["name"], "input_series": inputs, "promql_expr_test": checks + texts}


def firing(alert: str, labels: dict[str, str], fleet: str) -> str:
    own = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    return f'ALERTS{{alertname="{alert}", alertstate="firing", {own}, {fleet}}}'


class FleetsTest(unittest.TestCase):
    def test_every_alert_fires_for_each_fleet_by_itself(self) -> None:
        made = generate.evaluate(SETTINGS, ["alerts"])["alerts"]["groups"]
        for rule in [rule for group in made for rule in group["rules"] if rule["alert"] not in WITHOUT_LABELS]:
            for path in rule_tests.files(rule["alert"]):
                document = yaml.safe_load(path.read_text(encoding="utf-8"))
                document |= {"rule_files": ["rules.yaml"], "tests": [for_fleets(group) for group in document["tests"]]}
                with self.subTest(path.stem), tempfile.TemporaryDirectory(prefix="iothub-fleets-") as scratch:
                    (Path(scratch) / "rules.yaml").write_text(rule_file([rule]), encoding="utf-8")
                    (Path(scratch) / "tests.yaml").write_text(json.dumps(document), encoding="utf-8")
                    self.assertEqual("", rule_tests.promtool("test", "rules", "tests.yaml", folder=Path(scratch)))


if __name__ == "__main__":
    unittest.main()

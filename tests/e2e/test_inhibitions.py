"""What a real Alertmanager mutes with the file that we ship, and what it does not.

test_inhibitions.py [--alertmanager PROGRAM] [unittest's options]
"""

import argparse
import sys
import tempfile
import unittest
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import running
from alertmanager import Alertmanager, Chat
from programs import until

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "alerts"))
import inhibitions  # noqa: E402

OPTIONS = argparse.Namespace()
# What mutes what, if these labels are equal.
MUTES = [
    ("AccessDenied", "CollectionFailing", ["hub"]),
    ("AccessDenied", "CollectionStale", ["hub"]),
    ("AccessDenied", "NeverRead", ["hub"]),
    ("CollectionStale", "CollectionFailing", ["hub"]),
    ("NeverRead", "CollectionFailing", ["hub"]),
    ("CollectionStale", "JobFailed", ["hub"]),
    ("CollectionStale", "JobsFailingOften", ["hub"]),
    ("NotActive", "JobLate", ["hub"]),
    ("JobOverdue", "JobFailed", ["hub", "job_type"]),
    ("JobOverdue", "JobLate", ["hub", "job_type"]),
    ("JobOverdue", "JobSlow", ["hub", "job_type"]),
    ("JobStuck", "JobSlotSaturated", ["hub"]),
    ("JobStuckNoLimit", "JobSlotSaturated", ["hub"]),
    ("TokenExpired", "TokenRefreshFailing", ["credential"]),
    ("ExporterDown", "StorageFailing", ["job", "instance"]),
]


def alert(name: str, **labels: str) -> dict[str, Any]:
    return {"labels": {"alertname": f"AzureIotHub{name}", **labels}, "annotations": {"summary": name}}


def now() -> str:
    return datetime.now(UTC).isoformat()


class CasesTest(unittest.TestCase):
    def test_there_is_one_of_every_inhibition_with_labels_to_compare(self) -> None:
        cases = [(f"AzureIotHub{cause}", f"AzureIotHub{symptom}", set(labels)) for cause, symptom, labels in MUTES]
        self.assertEqual([], [each for each in inhibitions.shipped() if each.equal and not any(
            cause in each.causes and symptom in each.symptoms and labels == each.equal for cause, symptom, labels in cases)])


class InhibitionTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="iothub-inhibitions-")))
        self.chat = Chat()
        self.addCleanup(self.chat.close)
        self.alertmanager = Alertmanager(
            OPTIONS.alertmanager, inhibitions.PATH, self.chat, folder)
        self.addCleanup(lambda: print(self.alertmanager.program.tail(), file=sys.stderr))
        self.addCleanup(self.alertmanager.program.stop)
        self.alertmanager.wait_until_ready()

    def expect_muted(self, what: str, *alerts: dict[str, Any]) -> None:
        expected = {frozenset(each["labels"].items()) for each in alerts}
        until(what, lambda: self.alertmanager.muted() == expected)

    def test_a_cause_mutes_its_symptoms_where_it_is_and_nowhere_else(self) -> None:
        expected = []
        for at, (cause, symptom, names) in enumerate(MUTES):
            here = {name: f"here{at}" for name in names}
            expected.append(alert(symptom, **here))
            self.alertmanager.add([alert(cause, **here), expected[-1],
                                   *[alert(symptom, **here | {name: f"there{at}"}) for name in names]])
        self.expect_muted("exactly the symptoms are muted", *expected)

    def test_a_hub_that_is_not_active_does_not_mute_what_wakes_somebody(self) -> None:
        self.alertmanager.add([alert("NotActive", hub="testHub"), alert("JobOverdue", hub="testHub"),
                               alert("JobFailed", hub="testHub")])
        self.expect_muted("the lesser one is muted", alert("JobFailed", hub="testHub"))

    def test_a_replica_that_is_down_mutes_nothing_of_the_hubs(self) -> None:
        down = {"job": "azure-iothub-jobs", "instance": "a:10468"}
        own = alert("StorageFailing", **down)
        self.alertmanager.add([alert("ExporterDown", **down), alert("JobFailed", hub="testHub"), own,
                               alert("StorageFailing", **down | {"instance": "b:10468"})])
        self.expect_muted("only what it says of itself is muted", own)

    def test_without_any_exporter_only_that_is_told(self) -> None:
        others = [alert("JobFailed", hub="testHub"), alert("ExporterDown", instance="a:10468"), alert("TokenExpired")]
        self.alertmanager.add([alert("ExporterAbsent"), *others, {"labels": {"alertname": "DiskFull"}}])
        self.expect_muted("exactly the others of ours are muted", *others)

    def test_the_title_is_about_what_fires_still(self) -> None:
        first = alert("CollectionStale", hub="aHub", severity="critical")
        first["annotations"] = {"summary": "About aHub", "runbook_url": "http://localhost/a"}
        second = alert("CollectionStale", hub="bHub", severity="critical")
        second["annotations"] = {"summary": "About bHub", "runbook_url": "http://localhost/b"}
        self.alertmanager.add([first, second])
        until("both are told", lambda: bool(self.chat.messages("and 1 more")))
        self.alertmanager.add([first | {"endsAt": now()}])
        until("the end of one is told", lambda: bool(self.chat.messages("Over after")))
        message = self.chat.messages("Over after")[0]
        self.assertEqual(("CRITICAL: About bHub", "http://localhost/b"), (message["title"], message["title_link"]))
        self.assertIn("About aHub", message["text"])

    def test_fifty_hubs_have_one_description_and_a_line_each(self) -> None:
        hubs = [f"hub{at}" for at in range(50)]
        added = [alert("CollectionStale", hub=hub, severity="critical") for hub in hubs]
        for each, hub in zip(added, hubs, strict=True):
            each["annotations"] = {"summary": f"About {hub}", "description": "What it means. " * 60}
        self.alertmanager.add(added)
        until("all are told", lambda: bool(self.chat.messages("and 49 more")))
        text = self.chat.messages("and 49 more")[0]["text"]
        self.assertEqual([], [hub for hub in hubs if f"*About {hub}*" not in text])
        self.assertLess(len(text), 4000)
        self.assertEqual(60, text.count("What it means."))

    def test_what_ends_for_want_of_an_exporter_is_not_told_as_a_repair(self) -> None:
        failed = alert("JobFailed", hub="testHub", severity="warning")
        repaired = alert("JobFailed", hub="otherHub", severity="warning")
        self.alertmanager.add([failed, repaired])
        until("both are told", lambda: len(self.chat.messages("WARNING: JobFailed")) == 2)
        self.alertmanager.add([repaired | {"endsAt": now()}])
        until("a repair is told", lambda: len(self.chat.messages("Resolved: JobFailed")) == 1)
        self.alertmanager.add([alert("ExporterAbsent", severity="critical")])
        until("the cause is told", lambda: bool(self.chat.messages("CRITICAL: ExporterAbsent")))
        self.alertmanager.add([failed | {"endsAt": now()}])
        until("the other alert is gone", lambda: len(self.alertmanager.alerts()) == 1)
        # Its group has been flushed since, as groups wait a second: so has this one, which began later.
        self.alertmanager.add([{"labels": {"alertname": "Later"}}])
        until("what came later is told", lambda: bool(self.chat.messages("Later")))
        self.assertEqual(1, len(self.chat.messages("Resolved: JobFailed")))


if __name__ == "__main__":
    running.main(OPTIONS, "alertmanager")

"""From a job that fails in a simulated Azure to the message in somebody's chat, and back: exporter, Prometheus and
Alertmanager are real and run the files that we ship.

test_alerts.py --exporter PROGRAM --simulator PROGRAM
               [--prometheus PROGRAM] [--alertmanager PROGRAM] [unittest's options]

What differs from the shipped files: the rules are made from the mixin with other settings (HURRIED), as a test cannot
wait; in Alertmanager's file groups wait a second, and its address to fill in is that of a server of this test.
"""

import argparse
import re
import shlex
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, ClassVar

import running
from alertmanager import Alertmanager, Chat
from programs import until
from prometheus import Prometheus
from running import until_the_end
from simulated_azure import SimulatedAzure, address_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "config" / "mixin"))
import generate  # noqa: E402  (it lives with the mixin, for users who have nothing but that folder)

OPTIONS = argparse.Namespace()
# Every wait is two seconds, but the one of a symptom stays longer than that of its cause, as in the shipped settings.
HURRIED = """{
  groupInterval: '1s',
  waits: { [name]: '2s' for name in std.objectFields(super.waits) } + { CollectionFailing: '10s' },
}"""
RUNBOOKS = "https://github.com/iothub-job-exporter/iothub_job_exporter/blob/main/"
DEADLINE = 60.0  # seconds from the failure to the message


class AlertsTest(unittest.TestCase):
    """All tests share one set of programs, with two replicas of the exporter; each has a hub of its own."""

    folder: ClassVar[Path]
    azure: ClassVar[SimulatedAzure]
    chat: ClassVar[Chat]
    alertmanager: ClassVar[Alertmanager]
    prometheus: ClassVar[Prometheus]
    uids: ClassVar[set[str]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="iothub-alerts-")))
        cls.azure = SimulatedAzure(OPTIONS.simulator, HERE / "alerts_scenario.yaml", cls.folder)
        until_the_end(cls, cls.azure.program)
        replicas = [until_the_end(cls, cls.azure.start_exporter(
            OPTIONS.exporter, HERE / "alerts_exporter.yaml", name=f"exporter {name}")) for name in "ab"]
        # Both in the place of the one address in the shipped list of targets.
        targets = '", "'.join(address_of(replica) for replica in replicas)
        cls.chat = Chat()
        cls.addClassCleanup(cls.chat.close)
        shipped = ROOT / "config" / "alertmanager" / "alertmanager.yml"
        cls.alertmanager = Alertmanager(OPTIONS.alertmanager, shipped, cls.chat, cls.folder)
        until_the_end(cls, cls.alertmanager.program)
        made = generate.evaluate(HURRIED)
        cls.uids = {dashboard["uid"] for dashboard in made["dashboards"].values()}
        cls.prometheus = Prometheus(OPTIONS.prometheus, ROOT / "config" / "prometheus", targets, cls.folder,
                                    cls.alertmanager.address, {"alerts.yaml": generate.yaml_text(made["alerts"])})
        until_the_end(cls, cls.prometheus.program)
        cls.alertmanager.wait_until_ready()
        cls.prometheus.wait_until_ready()

    def tearDown(self) -> None:
        self.assertEqual(0, self.alertmanager.failed_notifications())

    def test_a_failed_job_reaches_the_chat_and_the_next_success_resolves_it(self) -> None:
        self.azure.submit_job("workHub", "failed")
        began = time.monotonic()
        message = self.message("WARNING: A job of type export on hub workHub failed")
        print(f"from the failing job's submission to the message: {time.monotonic() - began:.1f} s", file=sys.stderr)
        self.check_links(message, "AzureIotHubJobFailed", "hub?var-hub=workHub&var-job_type=export")
        self.azure.submit_job("workHub", "completed")
        self.message("Resolved: A job of type export on hub workHub failed")
        self.assertEqual(1, len(self.chat.messages("WARNING: A job of type export on hub workHub failed")))

    def test_every_rule_can_be_evaluated_on_what_two_replicas_say(self) -> None:
        until("both are scraped", lambda: len(self.prometheus.query("azure_iothub_up{hub='workHub'}")) == 2)
        rules = until("every rule was evaluated", self.evaluated_rules)
        self.assertEqual([], [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"])
        self.assertGreater(len(rules), 25)

    def test_an_overdue_export_reaches_the_chat_and_a_success_resolves_it(self) -> None:
        message = self.message("CRITICAL: The export job on hub lateHub is overdue")
        self.assertIn("ended 3h 0m", message["text"])
        self.check_links(message, "AzureIotHubJobOverdue", "expectations?var-hub=lateHub&var-job_type=export")
        until("the lesser alert is muted", lambda: self.is_muted("AzureIotHubJobLate", "lateHub"))
        self.azure.submit_job("lateHub", "completed")
        self.message("Resolved: The export job on hub lateHub is overdue")

    def test_a_hub_that_denies_access_is_told_once_with_the_cause(self) -> None:
        message = self.message("CRITICAL: Azure denies access to hub lockedHub")
        self.assertIn("(reason forbidden)", message["text"])
        self.check_links(message, "AzureIotHubAccessDenied", "exporter?var-hub=lockedHub")
        symptom = {"alertname": "AzureIotHubCollectionFailing", "hub": "lockedHub", "severity": "warning"}
        until("the symptom fires", lambda: symptom in self.prometheus.firing())
        until("the symptom is muted", lambda: self.is_muted("AzureIotHubCollectionFailing", "lockedHub"))
        self.azure.end_faults()
        self.message("Resolved: Azure denies access to hub lockedHub")
        until("nothing is muted any more", lambda: not self.is_muted("AzureIotHubCollectionFailing", "lockedHub"))
        self.assertEqual([], self.chat.messages("The jobs of hub lockedHub cannot be read"))

    def is_muted(self, name: str, hub: str) -> bool:
        wanted = {"alertname": name, "hub": hub}.items()
        return any(wanted <= labels for labels in self.alertmanager.muted())

    def test_one_cause_on_many_hubs_is_one_message_and_what_only_informs_is_none(self) -> None:
        def alert(name: str, hub: str, severity: str) -> dict[str, Any]:
            return {"labels": {"alertname": name, "hub": hub, "severity": severity},
                    "annotations": {"summary": f"{name} of {hub}", "runbook_url": "http://localhost/"}}

        self.alertmanager.add([alert("AzureIotHubJobSlow", "plant1", "info"),
                               *[alert("AzureIotHubCollectionStale", f"plant{at}", "critical") for at in (1, 2, 3)]])
        message = self.message("CRITICAL: AzureIotHubCollectionStale of plant1 and 2 more")
        for hub in ("plant1", "plant2", "plant3"):
            self.assertIn(f"*AzureIotHubCollectionStale of {hub}*", message["text"])
        self.assertEqual([], self.chat.messages("AzureIotHubJobSlow"))

    def test_the_try_of_the_readme_reaches_the_chat(self) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        trying = next(line for line in readme.splitlines() if line.startswith("amtool alert add"))
        command = trying.replace("http://localhost:9093", f"http://{self.alertmanager.address}")
        subprocess.run(shlex.split(command), check=True, capture_output=True, timeout=60)
        self.message("WARNING: A try")

    def test_an_alert_of_somebody_else_has_a_title_too(self) -> None:
        """Who takes our file serves others with it, and a try from the command line has hardly any labels."""
        self.alertmanager.add([{"labels": {"alertname": "DiskFull"}}])
        self.assertNotIn("|", self.message("Firing: DiskFull")["text"])

    def evaluated_rules(self) -> list[dict[str, Any]] | None:
        rules = [rule for group in self.prometheus.api("rules")["groups"] for rule in group["rules"]]
        return rules if rules and all(rule["health"] != "unknown" for rule in rules) else None

    def message(self, title: str) -> dict[str, Any]:
        """The first message whose title begins so; other hubs may follow in it."""
        return until(f"a message {title!r}", lambda: next(
            (message for message in self.chat.messages() if message["title"].startswith(title)), None), DEADLINE)

    def check_links(self, message: dict[str, Any], alert: str, dashboard: str) -> None:
        """The runbook is there, and the dashboard shows the hub and the job type."""
        links = dict(reversed(link) for link in re.findall(r"<([^|>]+)\|(\w+)>", message["text"]))
        self.assertEqual(links["Runbook"], message["title_link"])
        self.assertTrue(links["Runbook"].startswith(RUNBOOKS), links["Runbook"])
        runbook = ROOT / links["Runbook"].removeprefix(RUNBOOKS)
        self.assertEqual(alert, runbook.stem)
        self.assertTrue(runbook.is_file(), runbook)
        self.assertEqual(f"http://localhost:3000/d/azure-iothub-{dashboard}", links["Dashboard"].replace("&amp;", "&"))
        if self.uids:
            self.assertIn(f"azure-iothub-{dashboard.split('?')[0]}", self.uids)


if __name__ == "__main__":
    running.main(OPTIONS, "exporter", "simulator", "prometheus", "alertmanager")

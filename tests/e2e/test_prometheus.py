"""The exporter between a simulated Azure and a real Prometheus that runs the configuration and alerts we ship.

test_prometheus.py --exporter PROGRAM --simulator PROGRAM [--prometheus PROGRAM] [--promtool PROGRAM] [unittest's options]
"""

import argparse
import gzip
import subprocess
import tempfile
import unittest
import urllib.request
from collections import Counter
from pathlib import Path
from typing import ClassVar

from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics

import running
from programs import fetch, until
from prometheus import Prometheus
from running import until_the_end
from simulated_azure import SimulatedAzure, address_of
from text_only_proxy import TextOnlyProxy

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OPTIONS = argparse.Namespace()


class PrometheusTest(unittest.TestCase):
    """All tests share one set of programs; each looks at hubs of its own where it changes something."""

    folder: ClassVar[Path]
    azure: ClassVar[SimulatedAzure]
    page_url: ClassVar[str]
    prometheus: ClassVar[Prometheus]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="iothub-e2e-")))
        cls.azure = SimulatedAzure(OPTIONS.simulator, HERE / "scenario.yaml", cls.folder)
        until_the_end(cls, cls.azure.program)
        target = address_of(until_the_end(cls, cls.azure.start_exporter(OPTIONS.exporter, HERE / "exporter.yaml")))
        cls.page_url = f"http://{target}/metrics"
        cls.prometheus = Prometheus(OPTIONS.prometheus, ROOT / "config" / "prometheus", target, cls.folder)
        until_the_end(cls, cls.prometheus.program)
        cls.prometheus.wait_until_ready()

    def test_the_target_is_up(self) -> None:
        until("the target is scraped", lambda: self.prometheus.query('up{job="azure-iothub-jobs"} == 1') or None)
        targets = self.prometheus.api("targets", state="active")["activeTargets"]
        self.assertEqual([("up", "")], [(target["health"], target["lastError"]) for target in targets])

    def test_the_page_is_what_prometheus_expects(self) -> None:
        until("every hub is read", lambda: self.prometheus.query("count(azure_iothub_up) == 4") or None)
        page = fetch(self.page_url)
        command = [OPTIONS.promtool, "check", "metrics"]
        check = subprocess.run(command, input=page, capture_output=True, text=True, timeout=60)
        self.assertEqual((0, "", ""), (check.returncode, check.stdout, check.stderr))
        series = Counter(line.rsplit(" ", 1)[0] for line in page.splitlines() if line and not line.startswith("#"))
        self.assertEqual([], [name for name, times in series.items() if times > 1])

    def test_both_formats_are_stored_as_the_same_series(self) -> None:
        """Once in the format that Prometheus prefers, once through a proxy that hides from it that there is another."""
        proxy = self.enterContext(TextOnlyProxy(self.page_url))
        peers = {}
        for name, url in (("openmetrics", self.page_url), ("text", proxy.url)):
            folder = self.folder / name
            folder.mkdir()
            peers[name] = Prometheus(OPTIONS.prometheus, ROOT / "config" / "prometheus", url.split("/")[2], folder)
            self.addCleanup(peers[name].program.stop)
            peers[name].wait_until_ready()
        for peer in peers.values():
            until("every hub is read", lambda peer=peer: peer.query("count(azure_iothub_up) == 4") or None)
            scrapes = 'count_over_time(up{job="azure-iothub-jobs"}[1m]) > 3'
            until("some scrapes", lambda peer=peer: peer.query(scrapes) or None)
        stored = {name: {frozenset(labels.items()) for labels in peer.series()} for name, peer in peers.items()}
        self.assertEqual({"text/plain; version=0.0.4; charset=utf-8"}, proxy.content_types)
        self.assertTrue(any(("__name__", "iothub_job_exporter_api_request_duration_seconds_bucket") in labels
                            for labels in stored["text"]))
        self.assertEqual(set(), {str(sorted(labels)) for labels in stored["text"] ^ stored["openmetrics"]})

    def test_the_page_is_openmetrics_for_who_asks(self) -> None:
        until("every hub is read", lambda: self.prometheus.query("count(azure_iothub_up) == 4") or None)
        accept = {"Accept": "application/openmetrics-text;version=1.0.0"}
        page = fetch(self.page_url, headers=accept)
        families = {family.name: family for family in parse_openmetrics(page)}
        self.assertEqual("info", families["azure_iothub"].type)
        self.assertEqual(("counter", "seconds"), (families["process_cpu_seconds"].type, families["process_cpu_seconds"].unit))
        self.assertEqual(page.count("# TYPE "), len(families))

    def test_a_compressed_page_is_the_page(self) -> None:
        """For curl, gzip and Python alike; Prometheus itself asks for gzip in all the other tests."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(self.page_url, headers={"Accept-Encoding": "gzip"}), timeout=10) as answer:
            self.assertEqual("gzip", answer.headers["Content-Encoding"])
            body = answer.read()
        self.assertEqual(int(answer.headers["Content-Length"]), len(body))
        unpacked = subprocess.run(["gzip", "-dc"], input=body, capture_output=True, check=True, timeout=60).stdout
        self.assertEqual(gzip.decompress(body), unpacked)
        self.assertIn(b"\nazure_iothub_polls_total{", unpacked)
        self.assertTrue(unpacked.endswith(b"\n"))

    def test_the_failed_job_alert_fires_and_the_next_success_clears_it(self) -> None:
        fired = {"alertname": "AzureIotHubJobFailed", "hub": "workHub", "job_type": "export", "severity": "warning"}
        self.assertNotIn(fired, self.prometheus.firing())
        self.azure.submit_job("workHub", "failed")
        until("the alert fires", lambda: fired in self.prometheus.firing())
        self.azure.submit_job("workHub", "completed")
        until("the alert is cleared", lambda: fired not in self.prometheus.firing())

    def test_a_hub_that_refuses_us_fires_and_no_other_hub_does(self) -> None:
        locked = {"alertname": "AzureIotHubCollectionFailing", "hub": "lockedHub", "severity": "warning"}
        until("the alert fires", lambda: locked in self.prometheus.firing())
        others = [labels for labels in self.prometheus.firing() if labels["alertname"] == "AzureIotHubCollectionFailing"]
        self.assertEqual([locked], others)


if __name__ == "__main__":
    running.main(OPTIONS, "exporter", "simulator", "prometheus", "promtool")

"""What ./dev demo shows: something wrong in every way that dashboards and alerts know, within minutes.

test_demo.py --exporter PROGRAM --simulator PROGRAM [unittest's options]
"""

import argparse
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import ClassVar

import yaml

import history
import running
from programs import Program, fetch, until

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = argparse.Namespace()
# Sixty times as fast as the demo: its ten minutes are ten seconds.
TIME_SCALE = 60


class DemoTest(unittest.TestCase):
    """The simulator's own world, watched as config/demo.yaml says."""

    page_url: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="iothub-demo-")))
        simulator = Program("simulator", [OPTIONS.simulator, "--listen-address=127.0.0.1:0", f"--ca-file={folder / 'ca.pem'}",
                                          f"--time-scale={TIME_SCALE}"], folder)
        cls.addClassCleanup(simulator.stop)
        port = simulator.logged(r"listening https://\S+:(\d+)")
        exporter = Program("exporter", [OPTIONS.exporter, f"--config.file={ROOT / 'config' / 'demo.yaml'}",
                                        "--web.listen-address=127.0.0.1:0"], folder,
                           {"IOTHUB_SIMULATOR_PORT": port, "IOTHUB_SIMULATOR_CA_FILE": str(folder / "ca.pem")})
        cls.addClassCleanup(exporter.stop)
        cls.page_url = f"http://{exporter.logged(r'msg=listening address=([0-9.:]+)')}/metrics"

    def values(self, name: str, **labels: str) -> list[history.Sample]:
        """Samples of that name and with these labels that are not 0."""
        return [sample for sample in history.parse(fetch(self.page_url))
                if sample.name == name and labels.items() <= sample.labels.items() and sample.value != 0]

    def seen(self, name: str, **labels: str) -> None:
        until(f"{name} {labels}", lambda: self.values(name, **labels) or None)

    def test_jobs_fail_for_every_class_of_reasons(self) -> None:
        for failure_class in history.FAILURE_CLASSES:
            with self.subTest(failure_class=failure_class):
                self.seen("azure_iothub_job_failures_total", failure_class=failure_class)

    def test_jobs_end_in_every_way(self) -> None:
        for status in ("completed", "failed", "cancelled"):
            with self.subTest(status=status):
                self.seen("azure_iothub_jobs_finished_total", status=status)

    def test_a_job_hangs_beyond_its_limit(self) -> None:
        self.seen("azure_iothub_oldest_active_job_start_timestamp_seconds", hub="contoso-archive", job_type="import")
        self.seen("azure_iothub_expected_job_max_duration_seconds", hub="contoso-archive", job_type="import")

    def test_an_export_is_overdue_and_an_import_was_never_completed(self) -> None:
        def overdue() -> bool:
            now = self.values("azure_iothub_last_successful_poll_timestamp_seconds", hub="contoso-archive")[0].value
            end = self.values("azure_iothub_last_job_end_timestamp_seconds", hub="contoso-archive", status="completed")
            limit = self.values("azure_iothub_expected_job_interval_seconds", hub="contoso-archive", job_type="export")[0].value
            return [sample.labels["job_type"] for sample in end] == ["export"] and now - end[0].value > limit

        until("the export of contoso-archive is overdue", overdue)

    def test_a_hub_refuses_us_and_a_subscription_throttles(self) -> None:
        self.seen("azure_iothub_poll_errors_total", hub="contoso-finance", reason="forbidden")
        self.seen("iothub_job_exporter_api_throttled_total", api="list_jobs")
        self.seen("azure_iothub_up", hub="contoso-depots")

    def test_a_hub_is_not_active_and_jobs_are_watched_by_name(self) -> None:
        until("the hub is read", lambda: self.values("azure_iothub_up", hub="contoso-new-site"))
        self.assertEqual([], self.values("azure_iothub_active", hub="contoso-new-site"))
        self.seen("azure_iothub_job_found", hub="contoso-lab")


class DemoPrometheusTest(unittest.TestCase):
    """What ./dev demo starts Prometheus with, seen by a program that takes its place."""

    def test_it_has_our_targets_and_rules_and_tells_no_alertmanager(self) -> None:
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="iothub-demo-")))
        (folder / "prometheus").write_text(f'#!/bin/sh\necho "$@" >"{folder}/arguments"\n', encoding="utf-8")
        (folder / "prometheus").chmod(0o755)
        script = 'eval "$(sed -n "/^demo_prometheus()/,/^}/p" dev)"; demo_prometheus; wait'
        subprocess.run(["bash", "-euc", script], cwd=ROOT, check=True, capture_output=True, timeout=30,
                       env={"PATH": f"{folder}:/usr/bin:/bin", "scratch": str(folder)})
        arguments = (folder / "arguments").read_text(encoding="utf-8").split()
        path = next(Path(argument.partition("=")[2]) for argument in arguments if argument.startswith("--config.file="))
        started = yaml.safe_load(path.read_text(encoding="utf-8"))
        shipped = yaml.safe_load((ROOT / "config" / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
        self.assertIn("alerting", shipped)
        self.assertEqual({key: value for key, value in shipped.items() if key != "alerting"}, started)
        for name in started["rule_files"]:
            self.assertTrue((path.parent / name).is_file(), f"{name} is not beside the configuration")


if __name__ == "__main__":
    running.main(OPTIONS, "exporter", "simulator")

"""A fleet to look at: the simulated Azure of fleet.yaml, the exporter, and a Prometheus that has scraped it "for days"."""

import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import history
from programs import fetch, until
from prometheus import Prometheus
from simulated_azure import SimulatedAzure, address_of

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HUBS = 9
JOB = "azure-iothub-jobs"


class Tools(NamedTuple):
    """The programs, as commands."""

    exporter: str
    simulator: str
    prometheus: str = "prometheus"
    promtool: str = "promtool"


class Fleet:
    """Runs while its context is open."""

    def __init__(self, tools: Tools, days: float, step: Callable[[float], float]) -> None:
        """`days` of history, whose samples are step(seconds before now) seconds apart: at most the 5 minutes after which
        Prometheus considers a series gone."""
        self._tools = tools
        self._days = days
        self._step = step
        self._stack = ExitStack()
        self._azure: SimulatedAzure
        self.page = ""  # the one that the history leads to
        self.page_time = 0.0
        self.prometheus: Prometheus
        self.page_url: str

    def __enter__(self) -> "Fleet":
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="iothub-fleet-")))
            target = self._start_exporter(folder, stack)
            self.page_url = f"http://{target}/metrics"
            self.page = until("every hub is polled", self._full_page)
            self.page_time = time.time()
            self._write_history(folder, target)
            self.prometheus = Prometheus(self._tools.prometheus, ROOT / "config" / "prometheus", target, folder)
            stack.callback(self.prometheus.program.stop)
            self.prometheus.wait_until_ready()
            until("a scrape", lambda: self.prometheus.query(f'count_over_time(up{{job="{JOB}"}}[5s]) > 3') or None)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start_exporter(self, folder: Path, stack: ExitStack) -> str:
        self._azure = SimulatedAzure(self._tools.simulator, HERE / "fleet.yaml", folder)
        stack.callback(self._azure.program.stop)
        exporter = self._azure.start_exporter(
            self._tools.exporter, HERE / "fleet_exporter.yaml", f"--storage.path={folder / 'storage'}")
        stack.callback(exporter.stop)
        return address_of(exporter)

    def finish_a_job(self, hub: str) -> None:
        """One is submitted there, and the exporter sees it end."""
        self._azure.submit_job(hub, "completed")
        counted = f'azure_iothub_jobs_finished_total{{hub="{hub}",job_type="export",status="completed"}} 1'
        until("the job is counted", lambda: counted in fetch(self.page_url))

    def _full_page(self) -> str | None:
        """Once each hub has been polled a few times, so that every counter that will ever be there is."""
        page = fetch(self.page_url)
        polls = [sample.value for sample in history.parse(page) if sample.name == "azure_iothub_polls_total"]
        return page if len(polls) == HUBS and min(polls) >= 2 else None

    def _write_history(self, folder: Path, target: str) -> None:
        now = self.page_time
        incidents = [
            history.Incident("vehicles", "timeout", now - 19 * 3600, now - 18 * 3600),
            history.Incident("retail", "forbidden", now - 3 * 3600, now + 60),
        ]
        samples = folder / "history.om"
        history.write(self.page, samples, now, self._days, lambda at: self._step(now - at),
                      {"job": JOB, "instance": target}, incidents)
        subprocess.run([self._tools.promtool, "tsdb", "create-blocks-from", "openmetrics", str(samples), str(folder / "tsdb")],
                       check=True, capture_output=True, timeout=600)
        samples.unlink()

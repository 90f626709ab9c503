"""The past of a fleet, as a Prometheus would have stored it had it scraped the exporter all along.

Nobody can wait a week for a dashboard to fill. The exporter's page tells when each job began and ended (job_details), so
what the page said at any earlier time follows: which jobs there were, which of them had been counted, how long they took.
What does not follow from jobs is given a plausible past: counters that grew steadily, gauges that wavered, and two
incidents. Every name and label is the live page's, so nothing here can outlive a rename.
"""

import bisect
import math
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

Labels = dict[str, str]

FAILURE_CLASSES = ("storage_access", "container_not_found", "bad_input", "quota", "service", "other")
STALE_AFTER = 900.0  # polling.stale_after
POLL_INTERVAL = 5.0  # of fleet_exporter.yaml, in seconds
# Made from the jobs, as the page has them only once a job was seen to finish, or while one is under way.
OF_THE_PAST = ("azure_iothub_finished_job_duration_seconds", "azure_iothub_oldest_active_job_start_timestamp_seconds")
WAVERING = ("_poll_duration_seconds", "_resident_memory_bytes", "_ratelimit_remaining", "_scheduler_lag_seconds")


class Sample(NamedTuple):
    name: str
    labels: Labels
    value: float


class Job(NamedTuple):
    """Times in seconds since 1970; the end of an active job is infinite."""

    type: str
    status: str
    start: float
    end: float


class Incident(NamedTuple):
    """From when until when a hub could not be read."""

    hub: str
    reason: str
    start: float
    end: float


def parse(page: str) -> list[Sample]:
    """The samples of a page in text format."""
    found = []
    for line in page.splitlines():
        match = re.match(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$", line)
        if match:
            labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            found.append(Sample(match[1], labels, float(match[3])))
    return found


def jobs_by_hub(samples: list[Sample]) -> dict[str, list[Job]]:
    """From the series of single jobs, oldest end first."""
    times: dict[tuple[str, str], Labels] = defaultdict(dict)
    starts: dict[tuple[str, str], float] = {}
    ends: dict[tuple[str, str], float] = {}
    for sample in samples:
        key = (sample.labels.get("hub", ""), sample.labels.get("job_id", ""))
        if sample.name == "azure_iothub_job_status":
            times[key] = sample.labels
        elif sample.name == "azure_iothub_job_start_timestamp_seconds":
            starts[key] = sample.value
        elif sample.name == "azure_iothub_job_end_timestamp_seconds":
            ends[key] = sample.value
    found: dict[str, list[Job]] = defaultdict(list)
    for key, labels in times.items():
        found[key[0]].append(Job(labels["job_type"], labels["status"], starts[key], ends.get(key, math.inf)))
    return {hub: sorted(jobs, key=lambda job: job.end) for hub, jobs in found.items()}


class History:
    """What the page said between `since` and `until`, which is the time of the page."""

    def __init__(self, page: str, since: float, until: float, incidents: list[Incident]) -> None:
        self._samples = parse(page)
        self._jobs = jobs_by_hub(self._samples)
        self._since = since
        self._until = until
        self._incidents = incidents
        self._random = random.Random("history")
        started = next(sample.value for sample in self._samples if sample.name == "process_start_time_seconds")
        self._lived = max(until - started, 1.0)

    def _incident(self, hub: str, time: float) -> Incident | None:
        return next((it for it in self._incidents if it.hub == hub and it.start <= time < it.end), None)

    def _chosen(self, labels: Labels, time: float) -> list[Job]:
        """The jobs of a series' hub and type that had begun by then."""
        jobs = self._jobs.get(labels["hub"], [])
        return [job for job in jobs if job.start <= time and job.type == labels.get("job_type", job.type)]

    def _ended(self, labels: Labels, time: float, since: float = -math.inf) -> list[Job]:
        return [job for job in self._chosen(labels, time)
                if since < job.end <= time and job.status == labels.get("status", job.status)]

    def _failures(self, labels: Labels, time: float) -> float:
        """Classes in turn, as metrics do not tell the class of a single job."""
        failed = [job for job in self._ended({**labels, "status": "failed"}, time, self._since)]
        everywhere = sorted((job.end, hub) for hub, jobs in self._jobs.items() for job in jobs if job.status == "failed")
        classes = {when: FAILURE_CLASSES[index % len(FAILURE_CLASSES)] for index, (when, _) in enumerate(everywhere)}
        return float(sum(classes[job.end] == labels["failure_class"] for job in failed))

    def _busy(self, labels: Labels, time: float) -> float:
        return sum(max(0.0, min(job.end, time) - max(job.start, self._since)) for job in self._chosen(labels, time))

    def _known(self, labels: Labels, time: float) -> float:
        active = [job for job in self._chosen(labels, time) if job.end > time]
        if labels["status"] in ("running", "enqueued"):
            return float(len(active)) if labels["status"] == "running" else 0.0
        return float(len(self._ended(labels, time)))

    def _of_jobs(self, sample: Sample, time: float) -> float | None:
        """Gauges of the newest jobs and of those under way; None where there was no such series."""
        ended = self._ended(sample.labels, time)
        active = [job.start for job in self._chosen(sample.labels, time) if job.end > time]
        match sample.name.removeprefix("azure_iothub_"):
            case "last_job_end_timestamp_seconds":
                return ended[-1].end if ended else None
            case "last_job_duration_seconds":
                return ended[-1].end - ended[-1].start if ended else None
            case "last_job_start_timestamp_seconds":
                return max((job.start for job in self._chosen(sample.labels, time)), default=None)
            case _:
                return min(active, default=None) if sample.labels.get("status") == "running" else None

    def _durations(self, sample: Sample, time: float) -> float:
        """Buckets, sum or count of the histogram of finished jobs."""
        durations = [job.end - job.start for job in self._ended(sample.labels, time, self._since)]
        if sample.name.endswith("_sum"):
            return sum(durations)
        bound = float(sample.labels.get("le", "inf").replace("+Inf", "inf"))
        return float(sum(duration <= bound for duration in durations))

    def _of_hub(self, sample: Sample, time: float) -> float | None:
        """Whether and when it was read, with the incidents."""
        incident = self._incident(sample.labels["hub"], time)
        match sample.name.removeprefix("azure_iothub_"):
            case "up":
                return 0.0 if incident else 1.0
            case "last_successful_poll_timestamp_seconds":
                return incident.start if incident else time - 30 * self._random.random()
            case "poll_errors_total":
                reason = sample.labels["reason"]
                return sum((min(time, it.end) - it.start) / POLL_INTERVAL for it in self._incidents
                           if it.hub == sample.labels["hub"] and it.reason == reason and it.start < time)
        return None

    def _of_exporter(self, sample: Sample, time: float) -> float:
        """Everything else: what it was, was in the same way before, or grew to what it is."""
        if sample.name in ("process_start_time_seconds", "iothub_job_exporter_config_last_reload_success_timestamp_seconds"):
            return self._since
        if sample.name.endswith("_timestamp_seconds"):
            return sample.value - (self._until - time)
        if re.search(r"_(total|bucket|sum|count)$", sample.name):
            # What happened at the start would not go on at that pace; the rest has its busier hours.
            rare = "log_messages" in sample.name or "throttled" in sample.name or sample.labels.get("code") == "429"
            grown = time - self._since
            return (0.02 if rare else 1.0) * sample.value / self._lived * (grown + 900 * (1 + math.sin(grown / 3600)))
        if sample.name.endswith(WAVERING):
            return sample.value * (1 + 0.15 * math.sin(time / 7000) + 0.1 * self._random.random())
        return sample.value

    def value(self, sample: Sample, time: float) -> float | None:
        """What the series of `sample` was; None where it had no sample."""
        name = sample.name
        hub = sample.labels.get("hub", "")
        gauges = re.match(r"azure_iothub_(jobs$|last_job|oldest)", name)
        incident = self._incident(hub, time)
        if gauges and incident and time > incident.start + STALE_AFTER:
            return None
        table: dict[str, Callable[[Labels, float], float]] = {
            "azure_iothub_jobs": self._known,
            "azure_iothub_jobs_finished_total": lambda labels, at: float(len(self._ended(labels, at, self._since))),
            "azure_iothub_job_failures_total": self._failures,
            "azure_iothub_job_busy_seconds_total": self._busy,
        }
        if name in table:
            return table[name](sample.labels, time)
        if name.startswith("azure_iothub_finished_job_duration_seconds"):
            return self._durations(sample, time)
        if gauges:
            return self._of_jobs(sample, time)
        if name in ("azure_iothub_up", "azure_iothub_last_successful_poll_timestamp_seconds", "azure_iothub_poll_errors_total"):
            return self._of_hub(sample, time)
        return self._of_exporter(sample, time)

    def _series(self) -> Iterator[Sample]:
        """Those of the page, and the ones that come and go with jobs."""
        for sample in self._samples:
            if "job_id" not in sample.labels and not sample.name.startswith(OF_THE_PAST):
                yield sample
        bounds = ("1.0", "5.0", "15.0", "30.0", "60.0", "120.0", "300.0", "600.0", "1800.0", "3600.0", "7200.0", "21600.0",
                  "86400.0", "+Inf")
        for hub, jobs in self._jobs.items():
            yield from (Sample(OF_THE_PAST[1], {"hub": hub, "job_type": job_type, "status": "running"}, 0)
                        for job_type in sorted({job.type for job in jobs}))
            for job_type, status in sorted({(job.type, job.status) for job in jobs if job.end < math.inf}):
                labels = {"hub": hub, "job_type": job_type, "status": status}
                name = OF_THE_PAST[0]
                yield from (Sample(f"{name}_bucket", {**labels, "le": bound}, 0) for bound in bounds)
                yield from (Sample(f"{name}_{part}", labels, 0) for part in ("sum", "count"))
        yield from (Sample("azure_iothub_last_successful_poll_timestamp_seconds", {"hub": it.hub}, 0)
                    for it in self._incidents if it.end >= self._until)
        yield from (Sample(name, {}, value) for name, value in
                    (("up", 1), ("scrape_duration_seconds", 0.004), ("scrape_samples_scraped", len(self._samples))))

    def write(self, file: TextIO, step: Callable[[float], float], target: Labels) -> int:
        """As OpenMetrics with a time for each sample; `target` are the labels that a scrape would add. How many samples."""
        times = [self._since]
        while times[-1] < self._until:
            times.append(times[-1] + step(times[-1]))
        times = times[:bisect.bisect_left(times, self._until - 1)]
        written = 0
        for sample in self._series():
            labels = ",".join(f'{key}="{value}"' for key, value in {**sample.labels, **target}.items())
            for time in times:
                value = self.value(sample, time)
                if value is not None:
                    file.write(f"{sample.name}{{{labels}}} {value:.6g} {time:.3f}\n" if abs(value) < 1e6 else
                               f"{sample.name}{{{labels}}} {value:.3f} {time:.3f}\n")
                    written += 1
        file.write("# EOF\n")
        return written


def write(page: str, path: Path, until: float, days: float, step: Callable[[float], float], target: Labels,
          incidents: list[Incident]) -> int:
    with path.open("w", encoding="utf-8") as file:
        return History(page, until - days * 86400, until, incidents).write(file, step, target)

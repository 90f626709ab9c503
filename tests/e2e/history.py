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
from typing import Any, NamedTuple, TextIO

Labels = dict[str, str]
Past = Callable[[float], Any]  # the value at a time in seconds since 1970, or None

FAILURE_CLASSES = ("storage_access", "container_not_found", "bad_input", "quota", "service", "other")
STALE_AFTER = 900.0  # polling.stale_after
POLL_INTERVAL = 5.0  # of fleet_exporter.yaml, in seconds
# Made from the jobs, as the page has them only once a job was seen to finish or is expected, or while one is under way.
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


def without_status(labels: Labels) -> Labels:
    return {name: value for name, value in labels.items() if name != "status"}


def counter(ends: list[float]) -> Past:
    """How many of these times have come."""
    ordered = sorted(ends)
    return lambda time: float(bisect.bisect_right(ordered, time))


class History:
    """What the page said between `since` and `until`, which is the time of the page."""

    def __init__(self, page: str, since: float, until: float, incidents: list[Incident]) -> None:
        self._samples = parse(page)
        self._jobs = jobs_by_hub(self._samples)
        self._since = since
        self._until = until
        self._incidents = incidents
        self._random = random.Random("history")
        failed = sorted((job.end, hub) for hub, jobs in self._jobs.items() for job in jobs if job.status == "failed")
        self._classes = {key: FAILURE_CLASSES[index % len(FAILURE_CLASSES)] for index, key in enumerate(failed)}
        started = next(sample.value for sample in self._samples if sample.name == "process_start_time_seconds")
        self._lived = max(until - started, 1.0)

    def _chosen(self, labels: Labels) -> list[Job]:
        """The jobs that a series is about, oldest end first."""
        return [job for job in self._jobs.get(labels["hub"], [])
                if job.type == labels.get("job_type", job.type) and job.status == labels.get("status", job.status)]

    def _counted(self, labels: Labels) -> list[Job]:
        return [job for job in self._chosen(labels) if self._since < job.end < math.inf]

    def _finished(self, sample: Sample) -> Past:
        return counter([job.end for job in self._counted(sample.labels)])

    def _failures(self, sample: Sample) -> Past:
        """Classes in turn, as metrics do not tell the class of a single job."""
        hub, wanted = sample.labels["hub"], sample.labels["failure_class"]
        failed = self._counted({**sample.labels, "status": "failed"})
        return counter([job.end for job in failed if self._classes[job.end, hub] == wanted])

    def _bucket(self, sample: Sample) -> Past:
        bound = float(sample.labels.get("le", "inf").replace("+Inf", "inf"))
        return counter([job.end for job in self._counted(sample.labels) if job.end - job.start <= bound])

    def _sum_of_durations(self, sample: Sample) -> Past:
        jobs = self._counted(sample.labels)
        return lambda time: sum(job.end - job.start for job in jobs if job.end <= time)

    def _busy(self, sample: Sample) -> Past:
        jobs = self._chosen(sample.labels)
        return lambda time: sum(max(0.0, min(job.end, time) - max(job.start, self._since)) for job in jobs)

    def _known(self, sample: Sample) -> Past:
        """Jobs of a status; until it ends, a job has been running since its start."""
        if sample.labels["status"] != "running":
            return counter([job.end for job in self._chosen(sample.labels)])
        jobs = self._chosen(without_status(sample.labels))
        begun, ended = counter([job.start for job in jobs]), counter([job.end for job in jobs])
        return lambda time: begun(time) - ended(time)

    def _newest(self, sample: Sample) -> Past:
        """The end or the duration of the newest finished job."""
        jobs = [job for job in self._chosen(sample.labels) if job.end < math.inf]
        ends = [job.end for job in jobs]
        values = [job.end - job.start for job in jobs] if "duration" in sample.name else ends

        def past(time: float) -> float | None:
            ended = bisect.bisect_right(ends, time)
            return values[ended - 1] if ended else None

        return past

    def _last_start(self, sample: Sample) -> Past:
        starts = [job.start for job in self._chosen(sample.labels)]
        return lambda time: max((start for start in starts if start <= time), default=None)

    def _oldest_active(self, sample: Sample) -> Past:
        jobs = self._chosen(without_status(sample.labels))
        return lambda time: min((job.start for job in jobs if job.start <= time < job.end), default=None)

    def _incident(self, hub: str, time: float) -> Incident | None:
        return next((it for it in self._incidents if it.hub == hub and it.start <= time < it.end), None)

    def _up(self, sample: Sample) -> Past:
        return lambda time: 0.0 if self._incident(sample.labels["hub"], time) else 1.0

    def _last_poll(self, sample: Sample) -> Past:
        def past(time: float) -> float:
            incident = self._incident(sample.labels["hub"], time)
            return incident.start if incident else time - 30 * self._random.random()

        return past

    def _poll_errors(self, sample: Sample) -> Past:
        own = [it for it in self._incidents if (it.hub, it.reason) == (sample.labels["hub"], sample.labels["reason"])]
        return lambda time: sum((min(time, it.end) - it.start) / POLL_INTERVAL for it in own if it.start < time)

    def _of_exporter(self, sample: Sample) -> Past:
        """Everything else: what it was, was in the same way before, or grew to what it is."""
        if sample.name in ("process_start_time_seconds", "iothub_job_exporter_config_last_reload_success_timestamp_seconds"):
            return lambda time: self._since
        if sample.name.endswith("_timestamp_seconds"):
            return lambda time: sample.value - (self._until - time)
        if sample.name.endswith(("_total", "_bucket", "_sum", "_count")):
            # What happened at the start would not go on at that pace; the rest has its busier hours.
            rare = "log_messages" in sample.name or "throttled" in sample.name or sample.labels.get("code") == "429"
            pace = (0.02 if rare else 1.0) * sample.value / self._lived
            return lambda time: pace * (time - self._since + 900 * (1 + math.sin((time - self._since) / 3600)))
        if sample.name.endswith(WAVERING):
            return lambda time: sample.value * (1 + 0.15 * math.sin(time / 7000) + 0.1 * self._random.random())
        return lambda time: sample.value

    def past(self, sample: Sample) -> Past:
        """What the series of `sample` was at a time; None where it had no sample."""
        table: dict[str, Callable[[Sample], Past]] = {
            "jobs": self._known,
            "jobs_finished_total": self._finished,
            "job_failures_total": self._failures,
            "job_busy_seconds_total": self._busy,
            "finished_job_duration_seconds_bucket": self._bucket,
            "finished_job_duration_seconds_count": self._bucket,
            "finished_job_duration_seconds_sum": self._sum_of_durations,
            "last_job_end_timestamp_seconds": self._newest,
            "last_job_duration_seconds": self._newest,
            "last_job_start_timestamp_seconds": self._last_start,
            "oldest_active_job_start_timestamp_seconds": self._oldest_active,
            "up": self._up,
            "last_successful_poll_timestamp_seconds": self._last_poll,
            "poll_errors_total": self._poll_errors,
        }
        name = sample.name.removeprefix("azure_iothub_")
        found = table[name](sample) if name != sample.name and name in table else self._of_exporter(sample)
        own = [it for it in self._incidents if it.hub == sample.labels.get("hub")]
        if own and (name == "jobs" or name.startswith(("last_job", "oldest"))):  # withdrawn while nobody knows
            return lambda time: None if any(it.start + STALE_AFTER < time < it.end for it in own) else found(time)
        return found

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
        # The last one is near the page, or what only the past has would be forgotten before five minutes are over.
        times = [*times[:bisect.bisect_left(times, self._until - 1)], self._until - 1]
        written = 0
        for sample in self._series():
            labels = ",".join(f'{key}="{value}"' for key, value in {**sample.labels, **target}.items())
            past = self.past(sample)
            for time in times:
                value = past(time)
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

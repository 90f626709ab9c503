"""All benchmarks in one run on this machine: prints one table and writes it as JSON.

run.py --programs FOLDER --config DEMO.yaml --output FILE [--readme README.md]

Ratios within one run mean something, the times themselves only on the machine that they were taken on.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from scrapes import Program, idle_memory, scrape_all

BEGIN, END = "<!-- bench: begin -->\n", "<!-- bench: end -->"
PEERS = {"nginx": "nginx, the same bytes as a file", "prometheus-cpp": "prometheus-cpp's Exposer", "pushgateway": "Pushgateway"}


@dataclass(frozen=True)
class Row:
    """`ours` and `theirs` are in `unit`; less is better."""

    case: str
    beside: str
    ours: float
    theirs: float
    unit: str

    def ratio(self) -> str:
        noun = "memory" if self.unit == "MB" else "time"
        share = self.ours / self.theirs
        return f"{share:.2f} of its {noun}" if share >= 0.1 else f"1/{1 / share:.0f} of its {noun}"


def microbenchmarks(program: Path, folder: Path) -> dict[str, float]:
    """Microseconds by name."""
    output = folder / "micro.json"
    run = subprocess.run([str(program), f"--benchmark_out={output}", "--benchmark_out_format=json"], check=False, cwd=folder,
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=240)
    if run.returncode != 0:
        sys.exit(run.stderr)
    to_microseconds = {"ns": 0.001, "us": 1.0, "ms": 1000.0}
    results = json.loads(output.read_text(encoding="utf-8"))["benchmarks"]
    for result in results:
        assert not result.get("error_occurred"), result
    return {result["name"].removesuffix("/real_time"): result["real_time"] * to_microseconds[result["time_unit"]]
            for result in results}


def rows_of(micro: dict[str, float], scrapes: dict[str, dict[str, dict[str, float]]], idle: float) -> list[Row]:
    rows = [Row("rendering 100,000 series", "prometheus-cpp's registry and serializer", micro["render/ours"] / 1000,
                micro["render/prometheus-cpp"] / 1000, "ms")]
    for case, servers in scrapes.items():
        unit = "MB" if case == "memory" else "ms"
        title = "memory with 100,000 series" if case == "memory" else f"a scrape of 100,000 series, {case}"
        rows += [Row(title, label, servers["ours"][unit], servers[peer][unit], unit)
                 for peer, label in PEERS.items() if (case, peer) != ("memory", "nginx")]
    rows.append(Row("memory when idle, the demo's hubs", "itself with 100,000 series", idle, scrapes["memory"]["ours"]["MB"], "MB"))
    rows.append(Row("reading an answer with 1,000 jobs into jobs", "RapidJSON's Document, same bytes",
                    micro["parse/ours"] / 1000, micro["parse/RapidJSON Document"] / 1000, "ms"))
    for place in ("memory", "file"):
        rows.append(Row(f"ledger in {'a file' if place == 'file' else place}: a poll of 20 jobs, nothing new",
                        "one job finishing", micro[f"ledger/{place}/unchanged"] / 1000,
                        micro[f"ledger/{place}/one finishing"] / 1000, "ms"))
    return rows


def table(rows: list[Row]) -> str:
    lines = [f"{'case':52} {'beside':42} {'ours':>10} {'theirs':>10}    ratio"]
    lines += [f"{row.case:52} {row.beside:42} {row.ours:10.4g} {row.theirs:10.4g} {row.unit} {row.ratio()}" for row in rows]
    return "\n".join(lines)


def ledger_speed(micro: dict[str, float]) -> str:
    polls = {name.removeprefix("ledger/"): 1e6 / took for name, took in micro.items() if name.startswith("ledger/")}
    return "\n".join(f"ledger, polls of 20 jobs in a second, {name:22} {count:10,.0f}" for name, count in polls.items())


def markdown(rows: list[Row]) -> str:
    """Without times: they would be promises about a machine that nobody else has."""
    lines = ["| case | beside | ours needs |", "|---|---|---|"]
    lines += [f"| {row.case} | {row.beside} | {row.ratio()} |" for row in rows]
    return "\n".join(lines) + "\n"


def update(readme: Path, rows: list[Row]) -> None:
    text = readme.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    readme.write_text(f"{head}{BEGIN}\n{markdown(rows)}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--programs", required=True, type=Path)
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--output", required=True, type=Path)
    parser.add_argument("--readme", type=Path)
    options = parser.parse_args()
    binaries = options.programs.resolve()
    running: dict[str, Program] = {}
    with tempfile.TemporaryDirectory(prefix="iothub-bench-") as name:
        folder = Path(name)
        micro = microbenchmarks(binaries / "exporter_bench", folder)
        try:
            scrapes = scrape_all(folder, binaries / "page_server", running)
        finally:
            for program in running.values():
                program.stop()
        idle = idle_memory(folder, binaries / "iothub_job_exporter", binaries / "iothub_simulator", options.config.resolve())
    rows = rows_of(micro, scrapes, idle)
    print(f"{table(rows)}\n\n{ledger_speed(micro)}")
    report = {"rows": [asdict(row) | {"ratio": row.ours / row.theirs} for row in rows], "microseconds": micro,
              "scrapes": scrapes, "idle_megabytes": idle}
    options.output.write_text(json.dumps(report, indent=2), encoding="utf-8")
    if options.readme:
        update(options.readme, rows)


if __name__ == "__main__":
    main()
